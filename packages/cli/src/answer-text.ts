/** Most characters read of a foreign server's response. */
const most = 256 * 1024;

/** The beginning of a response's text; the rest is not awaited, and a lost connection ends it. */
export async function startOf(body: AsyncIterable<Uint8Array> | null): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length > most) break;
    }
  } catch {
    // Whatever arrived has to suffice.
  }
  return text.slice(0, most);
}
