import { startCommand } from '../invocation.ts';
import { quoted } from '../terminal.ts';
import type { ModelServer } from './find.ts';

/** How many of a server's models are named. */
const mostNamed = 5;

/** `a, b and 3 more`; `no model` where it has none. */
export function shownModels({ models }: ModelServer): string {
  if (models.length === 0) return 'no model';
  const more = models.length - mostNamed;
  const named = models.slice(0, mostNamed).join(', ');
  return more > 0 ? `${named} and ${more} more` : named;
}

/** What is said of model servers that answer on this machine while the offline model is used: a line or two for each. */
export function offers(servers: ModelServer[]): string[] {
  return servers.flatMap((server) => {
    const [model] = server.models;
    const line = `${server.name} at ${server.url} has ${shownModels(server)}`;
    if (model === undefined) return [line];
    return [`${line}; to use it:`, `  AGENTO_MODEL=${quoted(model)} ${startCommand} --model-server auto`];
  });
}
