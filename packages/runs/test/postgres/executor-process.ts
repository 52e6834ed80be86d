import { createInterface } from 'node:readline';
import type { Lease } from '@agento/runs';
import { createPostgresStore } from '@agento/runs/postgres';

/**
 * A replica for tests: opens the store of a URL and schema, and obeys `claim RUN` and `append TEXT`; prints what came of
 * it, and `lost` when its lease is.
 */
const [url = '', schema = ''] = process.argv.slice(2);
const store = await createPostgresStore({ url, schema, onError: () => {} });
console.log('open');

let lease: Lease | null = null;
for await (const line of createInterface({ input: process.stdin })) {
  const [command, value = ''] = line.split(' ');
  if (command === 'claim') {
    lease = await store.claim({ runId: value, attempt: 1, module: 1 });
    console.log(lease ? 'claimed' : 'refused');
  } else {
    const outcome = await lease?.append('calls', [value]).then(
      () => 'written',
      (error: Error) => error.name,
    );
    console.log(outcome, (lease?.signal.reason as Error | undefined)?.name ?? 'going on');
  }
}
await store.close();
