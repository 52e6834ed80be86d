import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A model of the test's own, and how often it was asked. */
export interface PromptMindedModel {
  /** Base URL, with its /v1. */
  url: string;
  /** The agent of each request, by the heading of its prompt. */
  asked: string[];
  close(): Promise<void>;
}

/**
 * The offline model for a reader of prompts: where one says `Give no score above 20.`, the answer has no higher `score`.
 */
export async function startPromptMindedModel(offlineUrl: string): Promise<PromptMindedModel> {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const [system] = (JSON.parse(body) as { messages: { content: string }[] }).messages;
    asked.push(/^# (\w+)/.exec(system?.content ?? '')?.[1] ?? '');
    const answer = await fetch(`${offlineUrl}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    const [, most] = /^Give no score above (\d+)\.$/m.exec(system?.content ?? '') ?? [];
    const completion = (await answer.json()) as { choices: { message: { content: string } }[] };
    const message = completion.choices[0]?.message;
    if (most !== undefined && message) {
      const verdict = JSON.parse(message.content) as { score: number };
      message.content = JSON.stringify({ ...verdict, score: Math.min(verdict.score, Number(most)) });
    }
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(completion));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
