/**
 * The tables of docs/telemetry.md that say what the definitions of steps say. `pnpm tables` writes them between their
 * markers; a test compares them.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import {
  asksModel,
  chain,
  constraintsLink,
  type LinkDefinition,
  type ModuleInfo,
  type StepDefinition,
  stepsOfEveryModule,
  subjects,
  type Times,
  type VerdictDefinition,
} from '../src/index.ts';

type Table = readonly (readonly string[])[];

const code = (text: string) => `\`${text}\``;
const list = (texts: readonly string[]) => texts.join(', ');
const all: { module: ModuleInfo | null; step: StepDefinition }[] = [
  ...chain.flatMap((module) => module.steps.map((step) => ({ module, step }))),
  ...stepsOfEveryModule.map((step) => ({ module: null, step })),
];

const often: Record<Times, string> = {
  run: 'a run',
  agent: 'each agent',
  item: 'each item',
  'item and criterion': 'each item and criterion',
  'failed item': 'each item with a failed verdict',
  'review decision': 'each decision of a person',
  revision: 'each approved revision',
  attempt: 'each attempt',
  'first attempt': 'attempt 1',
  'later attempt': 'attempt 2, …',
  guardrail: 'each guardrail',
};

function stepsTable(): Table {
  const row = ({ module, step }: (typeof all)[number]) => [
    module ? String(module.number) : 'all',
    code(step.name),
    code(step.kind),
    step.times === 'guardrail'
      ? '`run_module_N`, or the step it judged'
      : code(step.below ?? `run_module_${module?.number ?? 'N'}`),
    often[step.times],
    step.agents ? list(step.agents) : 'the module',
  ];
  return [
    ['module', 'span', '`agento.step`', 'below', 'once for', 'agent'],
    ['all', '`run_module_N`', '`module`', '`request`', 'a run', 'the module'],
    ...all.map(row),
    ['all', '`chat {model}`', '`model.call`', 'its step, or its tool', 'each call of a model', "its step's"],
    [
      '1',
      '`execute_tool {tool}`',
      '`tool.call`',
      '`search_agent`',
      'each tool call (`AGENTO_SEARCH=openai`)',
      'SearchAgent',
    ],
    [`1–${chain.length - 1}`, '`POST`', '`hop`', '`request`', 'the call of the next module', 'the module'],
  ];
}

function outcomesTable(): Table {
  const noted = (key: string, note?: string) => (note ? `${code(key)} (${note})` : code(key));
  const row = ({ step }: (typeof all)[number]) => [
    code(step.name),
    list([
      ...Object.entries(step.attributes?.properties ?? {}).map(([key, schema]) =>
        noted(key, (schema as { note?: string }).note),
      ),
      ...Object.entries(step.content ?? {}).map(([key, note]) => noted(key, note)),
    ]),
    list([
      ...(step.decision ? ['`agento.decision`'] : []),
      ...Object.keys(step.verdicts ?? {}).map((name) => `verdicts ${code(name)}`),
      ...Object.entries(step.events ?? {}).map(([event, { fields, note }]) =>
        noted(`${event} {${list(fields)}}`, note),
      ),
    ]),
  ];
  return [['span', 'attributes', 'events beside `capture.*`'], ...all.map(row)];
}

function decisionsTable(): Table {
  return [
    ['`kind`', 'on', 'candidates', 'scores', 'chosen by'],
    ...all.flatMap(({ step: { name, decision } }) =>
      decision
        ? [
            [
              code(decision.kind),
              code(name),
              decision.says.candidates,
              decision.says.scores,
              decision.says.chosenBy,
            ],
          ]
        : [],
    ),
  ];
}

function verdictsTable(): Table {
  return [
    ['name', 'on', 'also', 'score, pass'],
    ...all.flatMap(({ step }) =>
      Object.entries(step.verdicts ?? {}).map(([name, verdict]) => [
        code(name),
        code(step.name),
        list([
          ...(verdict.of ? [code(subjects[verdict.of].attribute)] : []),
          ...(typeof verdict.passes === 'object' ? [code(verdict.passes.attribute)] : []),
        ]),
        scoreText(verdict),
      ]),
    ),
  ];
}

function scoreText({ passes, score }: VerdictDefinition): string {
  const parts: string[] = [];
  if (typeof passes === 'number') parts.push(`\`pass\` from ${passes}`);
  if (typeof passes === 'object') {
    const worth = Object.values(passes.scores).join(', ');
    parts.push(
      `${worth} for ${list(Object.keys(passes.scores).map(code))}`,
      `\`pass\`: ${code(passes.passes)} only`,
    );
  }
  if (score) parts.push(score);
  return parts.join('; ');
}

function linksTable(): Table {
  const row = (steps: string, relationship: string, link: LinkDefinition) => [
    steps,
    [link.to.map(code).join(' or '), link.which, link.when].filter(Boolean).join(', '),
    code(relationship),
    list((link.names ?? []).map((subject) => code(subjects[subject].attribute))),
  ];
  const asking = all.filter(({ step }) => asksModel(step)).map(({ step }) => step);
  const shown = asking.filter(({ links }) => links?.constraints === constraintsLink);
  // The first two have nothing to be shown yet.
  const others = shown.length === asking.length - 2 ? 'every other step that asks a model' : null;
  return [
    ['span', 'links to', '`relationship`', 'with'],
    ['`run_module_N`', '`run_module_(N-1)`', '`predecessor`', '`source` = `agento-module-(N-1)`'],
    ['`run_module_1`', 'a trace of the OpenAI Agents SDK', 'none', '`source` = `openai-agents-sdk`'],
    ['`POST /run`', '`run_module_N`, where that is in another trace', '`continued_in`', ''],
    row(others ?? list(shown.map(({ name }) => code(name))), 'constraints', constraintsLink),
    ...all.flatMap(({ step: { name, links = {} } }) =>
      Object.entries(links)
        .filter(([, link]) => link !== constraintsLink)
        .map(([relationship, link]) => row(code(name), relationship, link)),
    ),
  ];
}

/** The tables by the name in their marker, `<!-- table: steps -->`. */
export const tables: Record<string, Table> = {
  steps: stepsTable(),
  outcomes: outcomesTable(),
  decisions: decisionsTable(),
  verdicts: verdictsTable(),
  links: linksTable(),
};

/** Where a table stands in the page: from its marker to the next blank line after it. */
export const placeOf = (name: string) => new RegExp(`(<!-- table: ${name} -->\\n\\n)((?:\\|.*\\n)*)`);

export const page = new URL('../../../docs/telemetry.md', import.meta.url);

function markdown(table: Table): string {
  const [head = [], ...rows] = table;
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |\n`).join('');
}

if (import.meta.main) {
  const before = readFileSync(page, 'utf8');
  const after = Object.entries(tables).reduce(
    (text, [name, table]) => text.replace(placeOf(name), (_all, marker: string) => marker + markdown(table)),
    before,
  );
  writeFileSync(page, after);
}
