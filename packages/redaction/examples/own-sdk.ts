import { createRedactor, secretsOfEnvironment } from '@agento/redaction';
import { RedactingProcessor } from '@agento/redaction/opentelemetry';
import { trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { ConsoleSpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';

const redactor = createRedactor({ secrets: secretsOfEnvironment(process.env) });
const sdk = new NodeSDK({
  spanProcessors: [
    new RedactingProcessor({ redactor }),
    new SimpleSpanProcessor({ exporter: new ConsoleSpanExporter() }),
  ],
});
sdk.start();

trace.getTracer('shop').startActiveSpan('pay', (span) => {
  span.setAttribute('prompt', 'Log in as ann, password: hunter2-blue, and pay 12.50.');
  span.setAttribute('http.request.header.authorization', 'Bearer abc');
  span.setAttribute('url.full', 'https://ann:hunter2@pay.example/charge?key=blue-door-17');
  span.setAttribute('gen_ai.usage.input_tokens', 17);
  span.addEvent('refused', { reason: `Not a key: ${process.env.PAY_API_KEY}` });
  span.end();
});
await sdk.shutdown();
