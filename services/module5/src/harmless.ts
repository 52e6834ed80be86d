/** Control characters but for tab and line feed, and those that turn the direction of what follows. */
const controls = /[\p{Cc}\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]/gu;
/** A link that leads to a page or a mailbox; anything else a renderer could run or load. */
const page = '(?:https?://|mailto:)';
const notToPage = `(?!\\s*<?${page})`;

/**
 * Markdown that a user or a model wrote, as it may stand in a document that others open: its lists, emphasis, code and
 * links to pages stay; HTML, images and links of other schemes become text, and what a terminal would obey goes. Each
 * rule looks at a few characters in a row and never at what they belong to: no renderer's idea of code or of nesting
 * makes a difference.
 */
export function harmless(markdown: string): string {
  return (
    markdown
      .replace(controls, (character) => (/[\t\n]/.test(character) ? character : ''))
      // A tag, comment or autolink; `<` before a space or a digit is a sign of comparison.
      .replace(new RegExp(`<(?=[a-z/!?])(?!${page}[^\\s<>]+>)`, 'gi'), '&lt;')
      .replaceAll('![', '! [')
      .replace(new RegExp(`\\]\\(${notToPage}`, 'gi'), ']\\(')
      .replace(new RegExp(`\\]:${notToPage}`, 'gi'), ']\\:')
  );
}
