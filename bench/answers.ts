/**
 * The cost of reading a model's answer, however hostile: CPU milliseconds per megabyte at 64 KB and at 8 MB, to show
 * that it is linear, and as a ratio to an ordinary answer of that size, which holds on any machine. Run with
 * `node bench/answers.ts`.
 */
import { readCompletion } from '../packages/agent/src/chat-answer.ts';
import { findAnswer } from '../packages/agent/src/recover.ts';

const sizes = [64_000, 8_000_000];
/** Characters that are read for each figure: CPU time is counted coarsely. */
const enough = 32_000_000;

const ordinary = (size: number) =>
  JSON.stringify({
    items: filled('The café opens on “Saturday”.\n', size / 2),
    text: filled('One of its helpers. ', size / 2),
  });
const filled = (piece: string, size: number) => piece.repeat(Math.ceil(size / piece.length)).slice(0, size);

/** Each a piece that is repeated, or how a text of that size is made. */
const families: [string, string | ((size: number) => string)][] = [
  ['ordinary', ordinary],
  ['ordinary in a fence', (size) => `Here:\n\`\`\`json\n${ordinary(size)}\n\`\`\``],
  ['prose', 'lorem ipsum dolor sit amet '],
  ['{', '{'],
  ['}', '}'],
  ['{"', '{"'],
  ['"{', '"{'],
  ['{"a":', '{"a":'],
  ['{"a":"', '{"a":"'],
  ['{}', '{}'],
  ['{"a":1}', '{"a":1}'],
  ['[', '['],
  ['[{},', (size) => `[${filled('{},', size)}{}]`],
  ['{ and blanks', '{                                '],
  ['backslashes', '\\'],
  ['a string of \\"', (size) => `{"a":"${filled('\\"', size)}`],
  ['<think>', '<think>'],
  ['</think>', '</think>'],
  ['```', '```'],
  ['<|', '<|'],
  ['blanks', ' '],
];

const fits = () => false;

function cpuMsPerMB(text: string, read: (text: string) => unknown): number {
  const bytes = Buffer.from(text);
  const rounds = Math.ceil(enough / text.length);
  let spent = 0;
  for (let round = 0; round < rounds; round += 1) {
    // A new string each time, as it comes from the network.
    const given = bytes.toString();
    const before = process.cpuUsage();
    try {
      read(given);
    } catch {
      // An answer that is refused costs as well.
    }
    const { user, system } = process.cpuUsage(before);
    spent += user + system;
  }
  return spent / 1_000 / ((rounds * text.length) / 1e6);
}

const readers: [string, (text: string) => unknown][] = [
  ['the JSON in its content', (text) => findAnswer(text, fits, false)],
  ['the answer itself', (text) => readCompletion(text, new Headers())],
];
for (const [what, read] of readers) {
  console.log(
    `\n${what.padEnd(26)} ${sizes.map((size) => `ms/MB at ${size / 1_000} KB   ratio`.padStart(28)).join('')}`,
  );
  const base: number[] = [];
  for (const [name, family] of families) {
    const figures = sizes.map((size, index) => {
      const spent = cpuMsPerMB(typeof family === 'string' ? filled(family, size) : family(size), read);
      base[index] ??= spent;
      return `${spent.toFixed(2)} ${(spent / base[index]).toFixed(1).padStart(8)} x`.padStart(28);
    });
    console.log(`${name.padEnd(26)} ${figures.join('')}`);
  }
}
