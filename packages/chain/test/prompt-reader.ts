import { hash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { startOfflineModel } from '@agento/offline-model';

/** The instruction of the ItemExpander's prompt that this model follows where it stands. */
export const instruction =
  'provide exactly that, with the threshold in plain words and the means to reach it';

/** How often it works an item out in full: told to, and not. */
const diligence = { told: 0.9, untold: 0.3 };

interface Asked {
  messages?: { role: string; content: string }[];
}

/**
 * A model whose answers depend on prompt and input, and vary: the offline model, except that an item is worked out in full
 * most of the time where the ItemExpander's prompt says so, and seldom where it does not; else the text stops
 * after its first part. Chance is a hash of the question and of how often it has been asked: the same in every test.
 */
export async function startPromptReader(): Promise<{ url: string; close(): Promise<void> }> {
  const offline = await startOfflineModel({ host: '127.0.0.1', port: 0, latencyMs: 0 });
  const times = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const body = await textOf(request);
    const answer = await fetch(new URL(request.url ?? '', offline.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    const { messages = [] } = JSON.parse(body) as Asked;
    const [system = '', question = ''] = messages.map(({ content }) => content);
    let given = await answer.text();
    if (system.startsWith('# ItemExpander') && answer.ok) {
      const time = (times.get(question) ?? 0) + 1;
      times.set(question, time);
      const chance = Number.parseInt(hash('sha256', `${time} ${question}`).slice(0, 8), 16) / 2 ** 32;
      const isFull = chance < (system.includes(instruction) ? diligence.told : diligence.untold);
      if (!isFull) given = shortened(given);
    }
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(given);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await offline.close();
    },
  };
}

/** The completion with the first paragraph of its text alone. */
function shortened(completion: string): string {
  const parsed = JSON.parse(completion) as { choices: { message: { content: string } }[] };
  for (const { message } of parsed.choices) {
    const { text } = JSON.parse(message.content) as { text: string };
    message.content = JSON.stringify({ text: text.split('\n\n')[0] });
  }
  return JSON.stringify(parsed);
}
