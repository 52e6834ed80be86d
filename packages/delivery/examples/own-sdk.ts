import { createDelivery } from '@agento/delivery';
import { trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';

const delivery = createDelivery({
  url: process.env.TRACES_URL ?? 'http://127.0.0.1:4318/v1/traces',
  spoolDirectory: process.env.SPOOL ?? './spool',
  log: {
    warn: (fields, text) => console.warn(text, fields),
    info: (fields, text) => console.info(text, fields),
  },
});
const sdk = new NodeSDK({ serviceName: 'my-service', spanProcessors: [delivery.processor] });
sdk.start();

trace.getTracer('my-service').startSpan('work').end();

await sdk.shutdown();
const { ended, adopted, exported, spooled } = delivery.stats();
console.log(JSON.stringify({ ended, adopted, exported, spooled }));
