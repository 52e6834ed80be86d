/** Most characters of a foreign server's answer that are read. */
const most = 256 * 1024;

/** The beginning of an answer's text; what comes after is not waited for, and a lost connection ends it. */
export async function startOf(body: AsyncIterable<Uint8Array> | null): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length > most) break;
    }
  } catch {
    // What came tells enough, or nothing does.
  }
  return text.slice(0, most);
}
