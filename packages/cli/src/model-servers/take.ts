import { isSet } from '../environment.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { startCommand } from '../invocation.ts';
import { oneLine, type Terminal } from '../terminal.ts';
import { findModelServers, type ModelServer, usualPorts } from './find.ts';
import { shownModels } from './shown.ts';

/** Milliseconds in which a server has to answer that somebody asked for. */
const limit = 2_000;

export interface ModelServerOptions {
  modelServer?: 'auto';
}

/**
 * The terminal whose environment names the model server that answers on this machine, if the options ask for it; else the
 * terminal as it is. Says which one it is. Throws a CommandError where none can be used.
 */
export async function withModelServer(terminal: Terminal, options: ModelServerOptions): Promise<Terminal> {
  if (options.modelServer === undefined) return terminal;
  const { env, stderr } = terminal;
  const named = ['OPENAI_API_KEY', 'OPENAI_BASE_URL'].filter((name) => isSet(env, name));
  if (named.length > 0) {
    throw new CommandError(
      exitCodes.usage,
      `--model-server looks for a model on this machine, and ${named.join(' and ')} already ${named.length === 1 ? 'says' : 'say'} which is used.`,
      `Leave it out, or begin the command with \`${named.map((name) => `${name}=`).join(' ')}\`: empty counts as unset.`,
    );
  }
  const { server, model } = chosenFrom(await findModelServers(limit), env);
  stderr.write(`The model: ${model}, of ${server.name} at ${server.url}\n`);
  return { ...terminal, env: { ...env, ...variablesFor(server, model, env) } };
}

/** What the environment has to say for the model to be used. */
function variablesFor({ url }: ModelServer, model: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  // No proxy leads to this machine.
  const direct = [env.no_proxy || env.NO_PROXY, new URL(url).host].filter(Boolean).join(',');
  return { OPENAI_BASE_URL: url, AGENTO_MODEL: model, no_proxy: direct };
}

/**
 * The server that has every model the environment names, and the one for agents without their own: the named one, else
 * its first.
 */
export function chosenFrom(
  servers: ModelServer[],
  env: NodeJS.ProcessEnv,
): { server: ModelServer; model: string } {
  if (servers.length === 0) {
    const places = usualPorts.map(({ port, of }) => `${port} (${of})`).join(', ');
    throw new CommandError(
      exitCodes.notFound,
      `No model server answers on this machine, at 127.0.0.1 on the ports ${places}.`,
      'Start one, e.g. `ollama serve`. For one that listens elsewhere or wants a key set OPENAI_BASE_URL, with its /v1, and AGENTO_MODEL. ' +
        `Without --model-server, \`${startCommand}\` uses the offline model.`,
    );
  }
  const wanted = wantedBy(env);
  for (const server of servers) {
    const [first] = server.models;
    const names = wanted.map(([, model]) => nameAt(server, model));
    if (first === undefined || names.includes(null)) continue;
    const own = wanted.findIndex(([variable]) => variable === 'AGENTO_MODEL');
    return { server, model: names[own] ?? first };
  }
  const has = servers.map((server) => `${server.name} at ${server.url} has ${shownModels(server)}`);
  if (wanted.length === 0) {
    throw new CommandError(
      exitCodes.notFound,
      `No model server on this machine has a model: ${has.join('; ')}.`,
      'Give it one, e.g. `ollama pull llama3.1:8b`.',
    );
  }
  const variables = wanted.map(([variable, model]) => `${variable}=${oneLine(model)}`).join(', ');
  throw new CommandError(
    exitCodes.notFound,
    `No model server on this machine has what ${variables} ${wanted.length === 1 ? 'names' : 'name'}: ${has.join('; ')}.`,
    `Name a model that one of them has, or leave the variable out: begin the command with \`${wanted.map(([variable]) => `${variable}=`).join(' ')}\`.`,
  );
}

/** The variables that name a model, with their values. */
function wantedBy(env: NodeJS.ProcessEnv): [variable: string, model: string][] {
  return Object.entries(env)
    .map(([name, value]): [string, string] => [name, value?.trim() ?? ''])
    .filter(([name, value]) => /^AGENTO_MODEL(_|$)/.test(name) && value !== '');
}

/** How the server calls the model; null where it has none of the name. */
function nameAt({ models }: ModelServer, model: string): string | null {
  // Ollama takes a name without a tag as that of the latest.
  return [model, `${model}:latest`].find((name) => models.includes(name)) ?? null;
}
