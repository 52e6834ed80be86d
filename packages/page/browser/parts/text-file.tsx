import { useState } from 'preact/hooks';
import { count } from '../figures.ts';

/** Takes the text of a file, and says which one it was, or why it is not taken. */
export function TextFile({
  label,
  most,
  onText,
}: {
  label: string;
  /** In bytes. */
  most: number;
  onText: (text: string) => void;
}) {
  const [said, setSaid] = useState('');
  const [isRefused, setRefused] = useState(false);
  const take = async (field: HTMLInputElement) => {
    const file = field.files?.[0];
    if (file === undefined) return;
    const { text, why } = await textOf(file, most).catch((error: Error) => ({
      text: null,
      why: `cannot be read: ${error.message}`,
    }));
    setRefused(text === null);
    setSaid(text === null ? `${file.name} ${why}` : `Taken from ${file.name}, ${count(file.size)} bytes.`);
    if (text !== null) onText(text);
  };
  return (
    <>
      <label>
        {label}{' '}
        <input
          type="file"
          accept="text/*,.md"
          // The same file can be chosen again, once it was corrected.
          onClick={(event) => {
            event.currentTarget.value = '';
          }}
          onChange={(event) => void take(event.currentTarget)}
        />
      </label>
      <p class={isRefused ? 'failed' : 'quiet'} role="status">
        {said}
      </p>
    </>
  );
}

type Read = { text: string; why?: undefined } | { text: null; why: string };

async function textOf(file: File, most: number): Promise<Read> {
  if (file.size > most)
    return { text: null, why: `is ${count(file.size)} bytes long; at most ${count(most)} are taken.` };
  const bytes = await file.arrayBuffer();
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return { text };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  return { text: null, why: 'is not text in UTF-8: save it as that, or copy the text.' };
}
