import { createDelivery, type DeliveryOptions } from '@agento/delivery';
import { createRedactor } from '@agento/redaction';
import { RedactingProcessor } from '@agento/redaction/opentelemetry';
import { seed } from '@agento/redaction/testing';
import {
  attribute,
  executeWithRefinement,
  InstrumentedAgent,
  initializeTracing,
  type SpanLink,
  type TracingConfig,
  traced,
  withSpan,
} from '@agento/tracing';
import { collectSpans } from '@agento/tracing/testing';

const collection = collectSpans();
const config: TracingConfig = { serviceName: 'strict', processors: [collection.processor] };
const { tracer, stats } = initializeTracing(config);

class Librarian extends InstrumentedAgent {
  protected override async execute(question: string): Promise<string> {
    return question.toUpperCase();
  }
}

const options: DeliveryOptions = { url: 'http://127.0.0.1:4318/v1/traces', compression: 'none' };
export const processors: TracingConfig['processors'] = [
  new RedactingProcessor({ redactor: createRedactor({ secrets: ['of-the-cash-desk-1'] }) }),
  createDelivery(options).processor,
];
export const links: SpanLink[] = [];
export const search = traced('search', async (words: string): Promise<number> => words.length + seed);
export const refine: typeof executeWithRefinement = executeWithRefinement;

const answer: string = await new Librarian({ name: 'Librarian', model: 'none', provider: 'none' }).run('why');
await withSpan({ name: 'work', attributes: { [attribute.step]: answer }, links }, async (span) => {
  tracer.setSpanSuccess(span);
});
const ended: number | undefined = stats()?.ended;
console.log(
  collection.spans().map(({ name }) => name),
  ended,
);
