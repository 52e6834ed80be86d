import { createServer } from 'node:http';

/** A model in front of the offline model: it expands plan items to over 100 KB each. */
export async function startLongWindedModel(
  offlineUrl: () => string,
  bytes: number,
): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      void answer(Buffer.concat(chunks)).then((text) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(text);
      });
    });
    async function answer(body: Buffer): Promise<string> {
      const asked = await fetch(new URL(`${request.url}`, offlineUrl()), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: new Uint8Array(body),
      });
      const text = await asked.text();
      if (!body.includes('"item_generation"')) return text;
      const completion = JSON.parse(text) as { choices: { message: { content: string } }[] };
      for (const { message } of completion.choices) {
        const item = JSON.parse(message.content) as { text: string };
        // Numbered, so that no two paragraphs are alike and nothing compresses away.
        const paragraphs = Array.from(
          { length: Math.ceil(bytes / item.text.length) },
          (_, index) => `${index + 1}. ${item.text}`,
        );
        message.content = JSON.stringify({ text: paragraphs.join('\n\n') });
      }
      return JSON.stringify(completion);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
