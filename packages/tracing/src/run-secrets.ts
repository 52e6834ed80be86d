import type { IncomingMessage } from 'node:http';
import { incomingSpans } from './incoming.ts';
import { enterSettings, giveRunSettings, type Settings, settingsOf } from './settings.ts';

/** The settings of a run whose input contains secrets: their redactor knows these too. Null if there are none. */
export type RunSecrets = Settings | null;

/** Collects the secrets in a run's input. */
export async function learnRunSecrets(input: unknown): Promise<RunSecrets> {
  const settings = settingsOf();
  const redactor = await settings.redactor.learn(input);
  return redactor && { ...settings, redactor };
}

/**
 * From here on the secrets are removed from everything written in this asynchronous context (the one that reports the
 * end of the run has to call this itself), and from the request's own spans. Other runs are not affected.
 */
export function keepRunSecrets(secrets: RunSecrets, request?: IncomingMessage): void {
  enterSettings(secrets);
  if (secrets && request) for (const span of incomingSpans(request)) giveRunSettings(span, secrets);
}
