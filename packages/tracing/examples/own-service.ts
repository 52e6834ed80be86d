/**
 * A service that has nothing to do with Agento's chain: a quarter of its traces is recorded, callers decide for
 * theirs, and secrets stay inside. Run it: node packages/tracing/examples/own-service.ts
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import {
  attribute,
  InstrumentedAgent,
  initializeTracing,
  TracedWorkflow,
  withServerSpan,
} from '@agento/tracing';

const tracing = initializeTracing({
  serviceName: 'question-service',
  serviceVersion: '2.3.0',
  sampleRate: 0.25,
  secrets: [process.env.QUESTION_SERVICE_KEY ?? ''],
});

class Librarian extends InstrumentedAgent {
  protected override async execute(question: string): Promise<string> {
    const messages = [
      { role: 'system', content: 'You name the subject of a question.' },
      { role: 'user', content: question },
    ];
    // Your client's call goes here; this one is a rule, so that the example needs no key.
    const answer = await this.callModel({ purpose: 'find_subject', messages }, async ([, user]) => {
      const words = (user?.content ?? '').split(/\W+/).filter(Boolean);
      const content = words.reduce((longest, word) => (word.length > longest.length ? word : longest), '');
      return { content, model: 'longest-word', inputTokens: words.length, outputTokens: 1 };
    });
    return answer.content;
  }
}

const librarian = new Librarian({ name: 'Librarian', model: 'longest-word', provider: 'example.rule' });
const workflow = new TracedWorkflow('question');

const server = createServer((request, response) => {
  void withServerSpan(
    { method: request.method ?? 'GET', route: '/questions', headers: request.headers },
    async (span) => {
      const { status, answer } = await answerTo(request);
      span.setAttribute(attribute.httpStatus, status);
      response.writeHead(status, { 'content-type': 'text/plain' }).end(`${answer}\n`);
    },
  ).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
});

async function answerTo(request: IncomingMessage): Promise<{ status: number; answer: string }> {
  const question = await workflow.executeStep('read', () => text(request));
  if (question.trim() === '') return { status: 400, answer: 'Ask something' };
  const subject = await librarian.run(question);
  return {
    status: 200,
    answer: await workflow.executeStep('write', (word) => `It is about ${word}`, subject),
  };
}

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(`Ask it: curl -d 'Who repairs bicycles?' http://127.0.0.1:${port}/questions`);
  console.log(`Spans go to ${tracing.endpoint ?? 'nowhere: set OTEL_EXPORTER_OTLP_ENDPOINT'}`);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    server.close(() => void tracing.shutdown().then(() => console.log(JSON.stringify(tracing.stats()))));
    server.closeIdleConnections();
  });
}
