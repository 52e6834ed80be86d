import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { describe, expect, test } from 'vitest';
import { finalPlanDocument } from '../src/document.ts';
import { harmless } from '../src/harmless.ts';
import { outline, plan } from './data.ts';

/** Renders as the most generous reader would: HTML as it stands, every address a link, every scheme good. */
const markdown = new MarkdownIt({ html: true, linkify: true });
markdown.validateLink = () => true;

interface Shown {
  type: string;
  attrGet(name: string): string | null;
  children: Shown[] | null;
}

/** What of the rendered text does more than say something. */
function doings(text: string): string[] {
  const tokens = (markdown.parse(text, {}) as unknown as Shown[]).flatMap((token) => [
    token,
    ...(token.children ?? []),
  ]);
  return tokens.flatMap((token) => {
    if (token.type === 'image' || token.type.startsWith('html')) return [token.type];
    const href = token.type === 'link_open' ? (token.attrGet('href') ?? '') : 'https:';
    return /^((https?|mailto):|\/\/)/i.test(href) ? [] : [href];
  });
}

const hostile = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<!-- <b> -->',
  '<?php x ?>',
  '<![CDATA[x]]>',
  '</div><svg/onload=alert(1)>',
  '![remote](https://evil.example/pixel.png)',
  '![remote][r]\n\n[r]: https://evil.example/pixel.png',
  '![r]\n\n[r]: https://evil.example/pixel.png',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x]( javascript:alert(1))',
  '[x](\njavascript:alert(1))',
  '[x](<javascript:alert(1)>)',
  '[x](java\tscript:alert(1))',
  '[x](&#106;avascript:alert(1))',
  '[x](&#x6A;avascript&colon;alert(1))',
  '[x](\\javascript:alert(1))',
  '[x](data:text/html;base64,PHNjcmlwdD4=)',
  '[x](vbscript:msgbox)',
  '[x](file:///etc/passwd)',
  '[x]\n\n[x]: javascript:alert(1)',
  '[x][y]\n\n[y]:\n  javascript:alert(1)',
  '[x][y]\n\n  [y]: <data:text/html,x>',
  '<javascript:alert(1)>',
  '<data:text/html,x>',
  '!\0[r](https://evil.example/p.png)',
  '<\x1b[0mscript>',
  '<\u200bscript>',
  '`code` <b>not code</b> `code`',
  '`` ` <b> `` <i>',
  '\\`<b>\\`',
  '` <b>',
];

describe('What a user or a model wrote', () => {
  test.each(hostile)('does nothing as part of the plan: %j', (text) => {
    expect(doings(harmless(text))).toEqual([]);
    const everywhere = finalPlanDocument({
      ...plan,
      goal: text,
      revised_outline: { ...outline, plan_title: text, plan_description: text },
      quality_report: { ...plan.quality_report, summary: text, strengths: [text], open_issues: [text] },
      selected_criteria: plan.selected_criteria.map((criterion) => ({ ...criterion, criteria: text })),
      sources: [
        { title: text, url: text, note: text },
        { title: text, url: 'https://good.example/', note: text },
      ],
      usage: plan.usage.map((entry) => ({ ...entry, model: text })),
    });
    expect(doings(everywhere)).toEqual([]);
  });

  test('does nothing, whatever it is put together from.', () => {
    const pieces = [
      ...[
        '<',
        '>',
        '!',
        '[',
        ']',
        '(',
        ')',
        ':',
        '`',
        '``',
        '\\',
        '\n',
        ' ',
        '\t',
        '|',
        '&',
        ';',
        '"',
        '*',
        '#',
        '- ',
      ],
      ...[
        'a',
        'b>',
        '/x',
        'javascript:',
        'data:',
        'https://e.example',
        '//e.example',
        '&lt;',
        '&#60;',
        '&#58;',
        '[r]: ',
      ],
      ...['\0', '\x1b[31m', '\u202e', '\u200b', '\r', '\u2028', '```\n', '~~~\n', '> ', '    '],
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 24 }), (chosen) => {
        expect(doings(harmless(chosen.join('')))).toEqual([]);
      }),
      { numRuns: 5_000 },
    );
  });

  test('holds no control, and nothing that turns or hides text.', () => {
    const text = 'a\x1b[31mred\x1b[0m\x1b]0;title\x07 b\0c\u202ed\u2066e\u200ff\x9b\u{e0041}\r\nnext\tline';

    expect(harmless(text)).toBe('a[31mred[0m]0;title bcdef\nnext\tline');
  });

  test.each([
    'Keep cost < 5 € & time > 2 h; a <= b && c -> d',
    'Run `npm test -- --if-present` and `a < b`',
    '**Bold**, *italic*, a [page](https://example.org/a?b=c) and https://example.org',
    '- one\n- two\n\n1. first\n\n| a | b |\n| --- | --- |\n| 1 | 2 |',
    '```ts\nconst a = b[0];\n```',
    'JavaScript: what to know [1], see (appendix); really! "quoted" & 100 %',
    'Grüße, 日本語, العربية, 👩‍👩‍👧 stay',
  ])('reads as it was written: %j', (text) => {
    expect(harmless(text)).toBe(text);
  });

  test('shows an angle bracket as one, in prose and in code.', () => {
    expect(markdown.renderInline(harmless('List<String> and a<b'))).toBe('List&lt;String&gt; and a&lt;b');
    expect(markdown.renderInline(harmless('`List<String>`'))).toBe('<code>List&lt; String&gt;</code>');
  });
});

test.each([
  ['is left open', 'Do:\n```sh\nrm x', 'Do:\n```sh\nrm x\n```'],
  ['of tildes is left open', '~~~~\nnever', '~~~~\nnever\n~~~~'],
  ['is ended by fewer marks', '````\na\n```', '````\na\n```\n````'],
  ['is closed', '```\na\n```\nb', '```\na\n```\nb'],
  ['stands within a line', '```a``` and more', '```a``` and more'],
])('A block of code that %s ends with its text.', (_what, text, wanted) => {
  expect(harmless(text)).toBe(wanted);
});
