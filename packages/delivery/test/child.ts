import { createDelivery } from '../src/index.ts';
import { endSpans, numbered } from './collector.ts';

/** A process that ends spans and waits to be killed, ends one after another, or just ends: `node child.ts url spool mode`. */
const [, , url = '', spoolDirectory = '', mode] = process.argv;
const delivery = createDelivery({ url, spoolDirectory, scheduledDelayMs: 100 });
if (mode === 'stream') {
  let number = 0;
  setInterval(() => {
    const name = `stream-${number++}`;
    endSpans(delivery, [name]);
    process.stdout.write(`${name} ${Date.now()}\n`);
  }, 20);
} else {
  endSpans(delivery, numbered('child', 50), { attributes: { payload: 'x'.repeat(10_000) } });
}
if (mode === 'wait') {
  setInterval(() => {
    const { spooled, queued } = delivery.stats();
    if (spooled === 50 && queued === 0) process.stdout.write('spooled\n');
  }, 10);
}
