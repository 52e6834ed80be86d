import { createRedactor } from '@agento/redaction';
import { oneLine } from '../terminal.ts';

/** Most characters that are shown of a foreign answer. */
const most = 200;

/**
 * What a response says, to be shown next to its status: the message of an error, the title of a web page, or how the text
 * begins; without secrets. Empty where it says nothing.
 */
export function answerWords(body: string, secrets: string[]): string {
  const said = messageIn(body) ?? titleIn(body) ?? body;
  // Redacting the start of a long text suffices: no more of it is shown.
  const words = createRedactor({ secrets }).text(said.slice(0, 20 * most)).text;
  const line = oneLine(words.replaceAll(/\s+/g, ' '));
  return line.length > most ? `${line.slice(0, most)}…` : line;
}

/** True for an HTML page. */
export function isWebPage(body: string): boolean {
  return /^\s*(<!doctype html|<html|<head|<body)/i.test(body);
}

function titleIn(body: string): string | null {
  if (!isWebPage(body)) return null;
  const [, title = ''] = /<title[^>]*>([^<]*)/i.exec(body) ?? [];
  return `a web page${title.trim() ? `, “${title.trim()}”` : ''}`;
}

/** The message in the shapes of error that servers have: {error: {message}}, {error}, {message}, {detail}, or a list of one. */
function messageIn(body: string): string | null {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return null;
  }
  const [first] = Array.isArray(value) ? value : [value];
  const { error, message, detail } = (first ?? {}) as Record<string, unknown>;
  const inner = (error as { message?: unknown } | null | undefined)?.message;
  return [inner, error, message, detail].find((text) => typeof text === 'string') ?? null;
}
