import { lintSource } from '@secretlint/core';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';

const config = { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: creator }] };

/** What Secretlint's recommended preset finds in a text by itself, as its own programs run it. */
export async function foundByPreset(content: string): Promise<string[]> {
  const { messages } = await lintSource({
    source: { content, filePath: 'text.txt', ext: '.txt', contentType: 'text' },
    options: { config },
  });
  return messages.map(({ range: [start, end] }) => content.slice(start, end));
}
