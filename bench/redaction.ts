/**
 * The cost of redacting a text: milliseconds per 100 KB, and as a ratio to JSON.stringify of the same text, which holds
 * on any machine. Then the cost of the worst texts we can construct, as a ratio to ordinary text, at 16 KB and at
 * 1 MB: over 20 the program fails. Run with `node bench/redaction.ts`.
 */

import { createRedactor } from '@agento/redaction';
import { brokenSecret, type Family, families } from '@agento/redaction/testing/adversarial';

const size = 100_000;
const rounds = 60;

const sentences = [
  'The repair café opens on the first Saturday of each month; volunteers bring their own tools.',
  'Owner: the coordinator (a role, not a name). Costs: 240 € a year, see https://example.org/costs?year=2026#rent.',
  'Done when: forty visitors came, and the list of what could not be repaired is on the wall.',
  'A token of thanks for every helper — tea and cake – keeps the password to success simple: patience.',
];

function prose(seed: number): string {
  const lines: string[] = [];
  for (let i = 0; lines.length * 90 < size; i++)
    lines.push(`${i + seed}. ${sentences[(i * 7 + seed) % sentences.length]}`);
  return lines.join('\n').slice(0, size);
}

/** The `messages` of a model call as they stand in `ai.prompt`: JSON within JSON, ids and hashes. */
function prompt(seed: number): string {
  const id = (i: number, length: number) =>
    ((i + seed + 1) * 2_654_435_761).toString(16).repeat(8).slice(0, length);
  const items = Array.from({ length: 220 }, (_, i) => ({
    id: `item-${i + seed}`,
    text: sentences[(i + seed) % sentences.length],
    produced_by: {
      trace_id: id(i, 32),
      span_id: id(i, 16),
      prompt_sha256: id(i, 64),
      model: 'agento-offline-1',
    },
  }));
  const input = JSON.stringify({ goal: 'Open a repair café', items }).replaceAll('<', '\\u003c');
  return JSON.stringify([
    { role: 'system', content: '# ItemEvaluator\nYou judge one item by one criterion.\n\n- Be fair.\n' },
    { role: 'user', content: `<input>\n${input}\n</input>` },
  ]);
}

const redactor = createRedactor({
  secrets: [
    `sk-${'loaded-Key'.repeat(4)}`,
    'another loaded secret 123',
    'the-loaded-secret-of-the-bench-42',
    brokenSecret,
  ],
});

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function time(work: () => unknown): number {
  const before = performance.now();
  work();
  return performance.now() - before;
}

const kinds: [string, (seed: number) => string][] = [
  ['prose', prose],
  ['prose in ASCII', (seed) => prose(seed).replace(/\P{ASCII}/gu, '-')],
  ['prompt', prompt],
  ['prompt with a secret', (seed) => prompt(seed).replace('a role', `password: hunter${seed}`)],
];
for (const [name, make] of kinds) {
  const redactions: number[] = [];
  const baselines: number[] = [];
  // Alternating, so that both see the same machine; every text is new, so that none is cached.
  for (let round = 0; round < rounds; round++) {
    const text = make(round);
    const per100KB = size / text.length;
    redactions.push(time(() => redactor.text(text)) * per100KB);
    baselines.push(time(() => JSON.stringify(text)) * per100KB);
  }
  const [spent, baseline] = [median(redactions), median(baselines)];
  console.log(
    `${name.padEnd(22)} ${spent.toFixed(2)} ms per 100 KB, ${(spent / baseline).toFixed(1)} x JSON.stringify`,
  );
}

const known = prompt(0);
redactor.text(known);
const again = median(Array.from({ length: rounds }, () => time(() => redactor.text(`${known}`))));
console.log(`${'read before'.padEnd(22)} ${again.toFixed(3)} ms`);

let made = 0;
/**
 * The cost of a kind of text per 100 KB, in milliseconds: the minimum of several tries with new texts, since the machine
 * may be busy with something else. CPU time would be more accurate, but has millisecond resolution.
 */
function costOf([, make]: Family, length: number, tries: number): number {
  const count = Math.ceil(500_000 / length);
  const costs = Array.from({ length: tries }, () => {
    const texts = Array.from({ length: count }, () => `${make(length)} ${made++}`);
    return time(() => {
      for (const text of texts) redactor.text(text);
    });
  });
  return (Math.min(...costs) / length / count) * 100_000;
}

const atMost = 20;
for (const length of [16_000, 1_000_000]) {
  const ordinary: Family[] = [
    [
      'prose',
      (most) =>
        prose(made)
          .repeat(Math.ceil(most / size))
          .slice(0, most),
    ],
    [
      'prompt',
      (most) =>
        prompt(made)
          .repeat(Math.ceil(most / size))
          .slice(0, most),
    ],
  ];
  const tries = 5;
  const base = ordinary.reduce((sum, family) => sum + costOf(family, length, 2 * tries), 0) / ordinary.length;
  const ratios = families.map((family) => ({ name: family[0], ratio: costOf(family, length, tries) / base }));
  const [worst, ...others] = ratios.toSorted((a, b) => b.ratio - a.ratio);
  console.log(
    `${length} characters: ordinary text ${base.toFixed(2)} ms per 100 KB; the most expensive of ${ratios.length}`,
  );
  for (const { name, ratio } of [worst, ...others.slice(0, 4)].filter((row) => row !== undefined))
    console.log(`  ${ratio.toFixed(1).padStart(5)} x ${JSON.stringify(name)}`);
  if ((worst?.ratio ?? Number.POSITIVE_INFINITY) > atMost) {
    console.log(`  That is over ${atMost} times ordinary text.`);
    process.exitCode = 1;
  }
}
