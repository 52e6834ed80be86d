import { createFolderStore } from '../../src/index.ts';

/** Executes a part of the data folder given, says so, and goes on for ever. */
const [dataDir = '', runId = ''] = process.argv.slice(2);
const store = createFolderStore({ dataDir });
const lease = await store.claim({ runId, attempt: 1, module: 1 });
await lease?.append('calls', ['from the process']);
process.stdout.write('executing\n');
setInterval(() => {}, 1000);
