import type { Nodes, PhrasingContent, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import type { ComponentChildren } from 'preact';

/** Makes the address that a sentence leads to. */
type Door = (sentence: string) => string;

/** Lists and quotes one inside another, at the beginning of a line: nobody means so many. */
const nested = /^(?:[ \t]*(?:>|[-*+][ \t]|\d{1,9}[.)][ \t])){20}/m;
/** Most marks of emphasis: the time they take grows with their square. */
const mostMarks = 2_000;

/** Markdown that a browser would be busy with for long, or could not nest. */
function isIntricate(text: string): boolean {
  return nested.test(text) || (text.match(/[*_`[]/g)?.length ?? 0) > mostMarks;
}

/**
 * A text in Markdown, each sentence of it a link. Its HTML stands there as text: what a model writes is never markup. What
 * is too intricate stands there as it was written.
 */
export function Document({ text, door }: { text: string; door: Door }) {
  if (isIntricate(text))
    return <p class="document words">{sentencesOf([{ type: 'text', value: text }], door)}</p>;
  return <div class="document">{fromMarkdown(text).children.map((node) => blockOf(node, text, door))}</div>;
}

function blockOf(node: RootContent, source: string, door: Door): ComponentChildren {
  const inner = () => ('children' in node ? node.children : []).map((child) => blockOf(child, source, door));
  switch (node.type) {
    case 'paragraph':
      return <p>{sentencesOf(node.children, door)}</p>;
    case 'heading':
      return <h4>{sentencesOf(node.children, door)}</h4>;
    case 'list':
      return node.ordered ? <ol start={node.start ?? 1}>{inner()}</ol> : <ul>{inner()}</ul>;
    case 'listItem':
      return <li>{inner()}</li>;
    case 'blockquote':
      return <blockquote>{inner()}</blockquote>;
    case 'thematicBreak':
      return <hr />;
    case 'code':
      return <pre>{node.value}</pre>;
    default:
      return <p>{source.slice(node.position?.start.offset, node.position?.end.offset)}</p>;
  }
}

/** A stretch of text in one style. */
interface Stretch {
  text: string;
  style: 'plain' | 'strong' | 'emphasis' | 'code';
}

function stretchesOf(nodes: PhrasingContent[], style: Stretch['style'] = 'plain'): Stretch[] {
  return nodes.flatMap((node: Nodes): Stretch[] => {
    switch (node.type) {
      case 'text':
      case 'html':
        return [{ text: node.value, style }];
      case 'inlineCode':
        return [{ text: node.value, style: 'code' }];
      case 'break':
        return [{ text: '\n', style }];
      case 'strong':
      case 'emphasis':
        return stretchesOf(node.children, node.type);
      case 'link':
        return [...stretchesOf(node.children, style), { text: ` (${node.url})`, style }];
      case 'image':
        return [{ text: `${node.alt ?? ''} (${node.url})`, style }];
      default:
        return 'children' in node ? stretchesOf(node.children as PhrasingContent[], style) : [];
    }
  });
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'sentence' });

function sentencesOf(nodes: PhrasingContent[], door: Door): ComponentChildren {
  const stretches = stretchesOf(nodes);
  const whole = stretches.map(({ text }) => text).join('');
  return [...segmenter.segment(whole)].map(({ segment, index }) => {
    const sentence = segment.trim();
    const parts = cut(stretches, index, index + segment.length).map(styled);
    return sentence === '' ? (
      parts
    ) : (
      <a key={index} class="sentence" href={door(sentence)}>
        {parts}
      </a>
    );
  });
}

/** What of the stretches lies between two places of their whole text. */
function cut(stretches: Stretch[], from: number, to: number): Stretch[] {
  let at = 0;
  return stretches.flatMap(({ text, style }) => {
    const piece = text.slice(Math.max(0, from - at), Math.max(0, to - at));
    at += text.length;
    return piece === '' ? [] : [{ text: piece, style }];
  });
}

function styled({ text, style }: Stretch, key: number): ComponentChildren {
  switch (style) {
    case 'strong':
      return <strong key={key}>{text}</strong>;
    case 'emphasis':
      return <em key={key}>{text}</em>;
    case 'code':
      return <code key={key}>{text}</code>;
    case 'plain':
      return text;
  }
}
