import MarkdownIt from 'markdown-it';
import { describe, expect, test } from 'vitest';
import { harmless } from '../src/harmless.ts';

/** As a renderer would show it that lets everything through: HTML, any scheme, remote images. */
const reckless = new MarkdownIt({ html: true, linkify: true });
reckless.validateLink = () => true;
const shown = (markdown: string) => reckless.render(harmless(markdown));

describe('In a document that a user or a model had a part in', () => {
  test.each([
    '<script>alert(1)</script>',
    '<img src=https://evil.example/x>',
    '<!-- comment -->',
    '<?php x ?>',
    '<![CDATA[x]]>',
    '</div>',
    '\\<svg onload=x>',
    '`a <b>x</b>` and ``<i>` <i>x</i>',
    '    <div>\n\n<div>',
    '<ScRiPt\n>x',
    '<scr\u0000ipt>x</scr\u0000ipt>',
    '<\u202escript>x',
    '![a](https://evil.example/x.png)',
    '\\![a](https://evil.example/x.png)',
    '!![a](https://evil.example/x.png)',
    '![a][r]\n\n[r]: https://evil.example/x.png',
    '[![a](https://evil.example/x.png)](https://evil.example)',
    '[x](javascript:alert(1))',
    '[x](JavaScript:alert(1))',
    '[x](java&#115;cript:alert(1))',
    '[x](java&Tab;script:alert(1))',
    '[x](\njavascript:alert(1))',
    '[x](<javascript:alert(1)>)',
    '[x](\u0001javascript:alert(1))',
    '[x](vbscript:x)',
    '[x](data:text/html;base64,PHNjcmlwdD4=)',
    '[x](file:///etc/passwd)',
    '[x](//evil.example)',
    '[x][r]\n\n[r]: javascript:alert(1)',
    '[x][r]\n\n[r]:\n  javascript:alert(1)',
    '> [x]\n\n> [x]: java&#x73;cript:alert(1)',
    '<javascript:alert(1)>',
    '<data:text/html,x>',
  ])('%j becomes text.', (markdown) => {
    const html = shown(markdown);

    const tags = [...html.matchAll(/<\/?([a-z0-9!?[]*)/gi)].map(([, name]) => name);
    expect(
      tags.filter((name) => !['p', 'a', 'code', 'pre', 'blockquote', 'br', 'em'].includes(name ?? '')),
    ).toEqual([]);
    const links = [...html.matchAll(/href="([^"]*)"/g)].map(([, href = '']) => href);
    expect(links.filter((href) => !/^https?:\/\/evil\.example/.test(href))).toEqual([]);
  });

  test('nothing is left that a terminal obeys or that turns a line around.', () => {
    expect(harmless('a\u001b[31mb\u009b2Jc\rd\u202ee\u2066f\u0007\u0008g\th\n')).toBe('a[31mb2Jcdefg\th\n');
  });

  test.each([
    'Costs < 5 € and > 3 €, i.e. x<5; R&D; a & b',
    '- one\n- **two** and `code`\n  1. three',
    'See [the law](https://example.org/a_(b)?c=d&e=f "title"), <https://example.org/> or [mail](mailto:a@example.org).',
    '[r]: https://example.org',
    'An array a[1] = b[2](3 of 4), done!',
    '| a | b |\n| --- | --- |\n| 1 | 2 |',
  ])('%j stays as it is shown.', (markdown) => {
    expect(shown(markdown)).toBe(reckless.render(markdown));
  });

  test('code is shown with its brackets named.', () => {
    expect(harmless('`Map<string, T>`')).toBe('`Map&lt;string, T>`');
  });
});
