/** The floor that bench/chain.ts compares with: the same calls by a bare client, eight at a time, read and thrown away. */
import OpenAI from 'openai';

let bodies: OpenAI.Chat.Completions.ChatCompletionCreateParamsNonStreaming[] = [];
let client: OpenAI | null = null;

process.on('message', async (message: 'run' | { bodies: string[]; url: string }) => {
  if (message === 'run') {
    const waiting = [...bodies];
    const worker = async () => {
      for (let body = waiting.shift(); body; body = waiting.shift()) {
        const answer = await client?.chat.completions.create(body);
        JSON.parse(answer?.choices[0]?.message.content ?? '{}');
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
  } else {
    bodies = message.bodies.map((body) => JSON.parse(body));
    client = new OpenAI({ apiKey: 'none', baseURL: message.url, maxRetries: 0 });
  }
  process.send?.('done');
});
