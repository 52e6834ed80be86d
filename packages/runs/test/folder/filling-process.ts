import { createFolderStore } from '../../src/index.ts';

/** Appends to a part of the data folder given until the disk refuses; says how many records were taken, and why no more. */
const [dataDir = '', runId = ''] = process.argv.slice(2);
const store = createFolderStore({ dataDir });
const lease = await store.claim({ runId, attempt: 1, module: 1 });
let taken = 0;
let why: unknown;
while (lease && !why) {
  // The second and third go into one write, which fails in their midst.
  const answers = await Promise.allSettled(
    Array.from({ length: 3 }, (_, index) => lease.append('calls', [`${taken + index} ${'x'.repeat(700)}`])),
  );
  taken += answers.filter(({ status }) => status === 'fulfilled').length;
  why = answers.find((answer) => answer.status === 'rejected')?.reason.code;
}
process.stdout.write(JSON.stringify({ taken, why }));
await store.close();
