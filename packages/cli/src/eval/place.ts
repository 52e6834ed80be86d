import { withOwnKey } from '../api-key.ts';
import { dataDirectory } from '../environment.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { promptVersions } from '../expectation.ts';
import { newsOf } from '../system/news.ts';
import { planSystem } from '../system/plan.ts';
import { startSystem } from '../system/system.ts';
import { styleOf, type Terminal } from '../terminal.ts';

/** Where the runs of an eval are made. */
export interface Place {
  url: string;
  dataDir: string;
  env: NodeJS.ProcessEnv;
  /** Rejects when it cannot go on. */
  fault: Promise<never>;
  stop(): Promise<void>;
}

/** What makes one place another than the next: an eval that was killed goes on only in the same. */
export async function madeWith(url: string | undefined, env: NodeJS.ProcessEnv): Promise<string[]> {
  if (url !== undefined) return [url];
  const settings = Object.entries(env).filter(([name, value]) => value && decisive.test(name));
  return [...(await promptVersions()), ...settings.map(([name, value]) => `${name} ${value}`).sort()];
}

/** Variables that decide what a model answers. */
const decisive =
  /^(OPENAI_BASE_URL|AGENTO_(MODEL|MODEL_\w+|TEMPERATURE|SEED|MAX_TOKENS|MAX_ATTEMPTS|CALL_SCHEMA|SEARCH|SEARCH_MODEL|GUARDRAILS))$/;

/** A system that is up. */
export function placeAt(terminal: Terminal, url: string): Place {
  const { env } = terminal;
  return { url, dataDir: dataDirectory(env), env, fault: new Promise(() => {}), stop: async () => {} };
}

/** Brings everything up for the eval alone, on free ports; what happens to it is told on stderr. */
export async function placeHere(terminal: Terminal, jaeger: string | undefined): Promise<Place> {
  const { stderr, env, interrupted } = terminal;
  const style = styleOf(stderr, env);
  const plan = await planSystem(env, 0);
  if (!plan.spanTarget.embedded && jaeger === undefined) {
    const where = plan.shown.spans ?? 'nowhere: the export is disabled';
    throw new CommandError(
      exitCodes.usage,
      `An eval reads the traces of its runs, and spans go to ${where}.`,
      'Unset OTEL_EXPORTER_OTLP_ENDPOINT for the embedded receiver, or pass --jaeger <url>.',
    );
  }
  const say = (line: string) => stderr.write(`${line}\n`);
  for (const note of plan.notes) say(`${style.yellow('!')} ${note}`);
  const system = await startSystem(plan, interrupted, newsOf(plan, say, { style, follows: true }));
  return {
    url: plan.modules[0]?.url ?? '',
    dataDir: plan.dataDir,
    env: withOwnKey(env),
    fault: system.fault,
    stop: system.stop,
  };
}
