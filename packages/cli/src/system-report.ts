import path from 'node:path';
import { home } from '@agento/files/home';
import { goalCommand, traceCommand } from './invocation.ts';
import type { ModelServer } from './model-servers/find.ts';
import { offers } from './model-servers/shown.ts';
import { keyHeader } from './system/news.ts';
import type { System } from './system/system.ts';
import { oneLine, type Style } from './terminal.ts';

interface Report {
  /** How long everything took to be ready, in words. */
  took: string;
  /** Whether it stays up, so that what to try makes sense. */
  stays: boolean;
  /** Model servers that answer on this machine and are not used. */
  servers: ModelServer[];
  style: Style;
}

/** Where everything is, and what to try. */
export function renderSystem(system: System, { took, stays, servers, style }: Report): string {
  const { plan } = system;
  const { bold, cyan, dim, yellow } = style;
  const first = plan.modules[0]?.url ?? '';
  const row = (name: string, value: string) => `  ${dim(name.padEnd(10))}${value}`;
  const model = plan.model.offline
    ? `${yellow('offline model')} ${plan.model.name}, fixed rules, no language model: set OPENAI_API_KEY for a real one`
    : `${oneLine(plan.model.name)} at ${plan.shown.model}`;
  const lines = [
    bold(`Ready in ${took}`),
    ...(stays ? [row('page', `${cyan(first)}  ${dim('start runs, watch them, see why')}`)] : []),
    row('model', model),
    ...offers(servers).map((line) => row('', line)),
    row('spans', destination(system)),
    row('data', plan.dataDir),
  ];
  if (!stays) return lines.join('\n');
  return [
    ...lines,
    row('logs', system.logDirectory),
    '',
    ...plan.modules.map(
      ({ name, title, url }) => `  ${bold(name)}  ${cyan(url)}  ${dim(title.replace(/^[^,]*, /, ''))}`,
    ),
    `  ${dim('docs')}     ${cyan(`${first}/docs`)}`,
    '',
    `Try, in another terminal in ${home}${plan.asksForKey ? ', with one of AGENTO_API_KEYS in AGENTO_API_KEY' : ''}:`,
    `  ${goalCommand(plan.dataDir, first, 'Open a repair café in a small town')}`,
    `  curl -d '{"goal": "Open a repair café"}' -H 'content-type: application/json'${keyHeader(plan)} ${first}/run -o plan.json`,
    ...(plan.spanTarget.embedded ? [`  ${traceCommand(plan.dataDir, '<trace id>')}`] : []),
    '',
    dim('Ctrl-C stops everything. To post a run, leave and come back: docs/runs.md'),
  ].join('\n');
}

function destination({ plan }: System): string {
  const { spans } = plan.shown;
  if (spans === null) return 'not exported (disabled)';
  return plan.spanTarget.embedded
    ? `embedded receiver at ${spans}, traces in ${path.join(plan.dataDir, 'traces')}`
    : spans;
}
