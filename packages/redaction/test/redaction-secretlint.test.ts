import { creator } from '@secretlint/secretlint-rule-preset-recommend';
import { expect, test } from 'vitest';
import { createRedactor } from '../src/index.ts';
import { alnum, from, kinds, seed } from '../src/testing.ts';

interface Rule {
  meta: { id: string };
  create(
    context: {
      createTranslator(messages: unknown): (key: string) => { message: string; messageId: string };
      report(finding: { range: readonly [number, number] }): void;
      ignore(finding: unknown): void;
    },
    options: object,
  ): { file?(source: { content: string; filePath: string; contentType: 'text' }): unknown };
}

/** They read lines, files or whole URLs; the readers of assignments, URLs and private keys do that here. */
const byPlace = ['basicauth', 'database-connection-string', 'filter-comments', 'gcp', 'privatekey'];

/** The preset's rules that go by the look of a credential, each as what it finds in a text. */
function presetRules(): { name: string; find(content: string): string[] }[] {
  const rules: { name: string; find(content: string): string[] }[] = [];
  const registerRule = (rule: Rule) => {
    const name = rule.meta.id.replace(/^.*secretlint-rule-/, '');
    if (byPlace.includes(name)) return;
    let found: (readonly [number, number])[] = [];
    const context = {
      createTranslator: () => (key: string) => ({ message: key, messageId: key }),
      report: ({ range }: { range: readonly [number, number] }) => found.push(range),
      ignore: () => {},
    };
    const { file } = rule.create(context, { enableIDScanRule: true });
    const find = (content: string) => {
      found = [];
      file?.({ content, filePath: '', contentType: 'text' });
      return found.map(([start, end]) => content.slice(start, end));
    };
    rules.push({ name, find });
  };
  (creator as { create(context: { registerRule(rule: Rule): void }, options: object): void }).create(
    { registerRule },
    {},
  );
  return rules;
}

/**
 * Eight credentials of each kind, whole, and with more of their own characters behind them or a word before: an edge
 * that chance made, such as a dash at the end, hides one from a rule.
 */
function texts(): string[] {
  const hex = '0123456789abcdef';
  const more = [
    () => `cfat_${from(alnum, 40)}${from(hex, 8)}`,
    () => `cfk_${from(alnum, 40)}${from(hex, 8)}`,
    () => `vcp_${from(alnum, 24)}`,
    () => `vcp_${from(alnum, 56)}`,
  ];
  const makers = Array<(() => string)[]>(8)
    .fill([...Object.values(kinds), ...more])
    .flat();
  return makers.flatMap((make) => [
    `it is ${make()} here`,
    `it is ${make()}${from(alnum, 9)} here`,
    `it is name_${make()} here`,
    `{"it":"9${make()}"}`,
  ]);
}

test('what the rules of Secretlint find by its look is removed, and each of its rules finds something', () => {
  const redactor = createRedactor({ secrets: [] });
  const rules = presetRules();
  const silent = new Set(rules.map(({ name }) => name));
  for (const text of texts()) {
    const redacted = redactor.text(text).text;
    for (const { name, find } of rules) {
      for (const secret of find(text)) {
        silent.delete(name);
        expect(redacted, `seed ${seed}, ${name}: ${text}`).not.toContain(secret);
      }
    }
  }
  expect([...silent]).toEqual([]);
});
