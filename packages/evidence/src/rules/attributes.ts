import { asksModel, chain, type ModuleInfo, matches, roleName, subjects } from '@agento/contracts';
import { isFromJournal, isInterrupted, isOwn, moduleOf, type RecordedSpan, textOf } from '../model.ts';
import { failed, hasContent, isHop, type RunTrace } from '../run.ts';
import {
  attributeRule,
  type Form,
  integer,
  numeric,
  oneOf,
  type Rule,
  sha256,
  text,
  texts,
  uuid,
  type Violation,
} from './rule.ts';
import { type StepSpec, spansOf, steps } from './steps.ts';

type Spans = (run: RunTrace) => RecordedSpan[];
type Forms = Record<string, Form>;

const model = 'chat {model}';
const done =
  (spans: Spans): Spans =>
  (run) =>
    spans(run).filter((span) => !failed(span));
/** Without those that another process ended: it knew no more of them than that they had begun. */
const ownEnd =
  (spans: Spans): Spans =>
  (run) =>
    spans(run).filter((span) => !isInterrupted(span));
const withContent =
  (spans: Spans): Spans =>
  (run) =>
    ownEnd(spans)(run).filter(hasContent);
const sameAs = (key: string): Form => ({
  says: `the same as ${key}`,
  fits: (value, span) => value === span.attributes[key],
});

function rulesFor(
  about: { name: string; module: number | null; where: string },
  forms: Forms,
  spans: Spans,
): Rule[] {
  return Object.entries(forms).map(([key, form]) => attributeRule(about, key, form, spans));
}

const askingForms: Forms = {
  'agent.model': text,
  'gen_ai.provider.name': text,
  'gen_ai.request.model': text,
  'gen_ai.operation.name': oneOf('invoke_agent'),
  'gen_ai.agent.name': sameAs('agent.name'),
  'agento.prompt.version': text,
  'agento.prompt.sha256': sha256,
};

const chatForms: Forms = {
  'gen_ai.operation.name': oneOf('chat'),
  'gen_ai.provider.name': text,
  'gen_ai.request.model': {
    says: "the model of the span's name",
    fits: (value, span) => span.name === `chat ${String(value)}`,
  },
  'gen_ai.output.type': text,
  'server.address': text,
  'server.port': integer,
};

/** For calls that were made: one from the journal waits for nothing. */
const queueForms: Forms = { 'agento.llm.queue_ms': numeric };

const chatResultForms: Forms = {
  'gen_ai.response.id': text,
  'gen_ai.response.model': text,
  'gen_ai.response.finish_reasons': texts,
};

/** For calls whose tokens the endpoint reported. */
const usageForms: Forms = {
  'gen_ai.usage.input_tokens': integer,
  'gen_ai.usage.output_tokens': integer,
};

/** The attribute forms of a definition; optional attributes are checked only if present. */
function declared(attributes: StepSpec['attributes']): Forms {
  return Object.fromEntries(
    Object.entries(attributes?.properties ?? {}).map(([key, schema]) => {
      const { description = '' } = schema as { description?: string };
      const isOptional = !(attributes?.required as string[] | undefined)?.includes(key);
      return [
        key,
        { says: description, fits: (value) => matches(schema, value), ...(isOptional && { isOptional }) },
      ];
    }),
  );
}

function stepRules(): Rule[] {
  return steps.flatMap((step) => {
    const about = { name: `module${step.module}.${step.name}`, module: step.module, where: step.name };
    const spans: Spans = (run) => spansOf(run, step);
    return [
      ...rulesFor(
        about,
        {
          'agent.name': oneOf(...step.agents),
          'agento.run.id': uuid,
          'agento.step': oneOf(step.kind),
          ...Object.fromEntries(
            (step.about ?? []).map((subject) => [
              subjects[subject].attribute,
              subject === 'attempt' ? integer : text,
            ]),
          ),
        },
        spans,
      ),
      ...rulesFor(
        about,
        { ...(asksModel(step) && askingForms), ...declared(step.attributes) },
        // A guardrail says what it found even where that fails its step.
        step.times === 'guardrail' ? ownEnd(spans) : done(spans),
      ),
    ];
  });
}

const common: Forms = { 'agent.name': text, 'agento.run.id': uuid };

const toolRules = rulesFor(
  { name: 'execute_tool', module: null, where: 'execute_tool {tool}' },
  {
    'agent.name': text,
    'agento.run.id': uuid,
    'agento.step': oneOf('tool.call'),
    'gen_ai.operation.name': oneOf('execute_tool'),
    'gen_ai.tool.name': text,
    'gen_ai.tool.call.id': text,
  },
  (run) => run.trace.spans.filter((span) => isOwn(span) && span.name.startsWith('execute_tool ')),
);

/** The spans that are not steps: roots, hops, model and tool calls. */
function otherRules({ number: module, type }: ModuleInfo): Rule[] {
  const named = (name: string, where: string) => ({ name: `module${module}.${name}`, module, where });
  const own =
    (fits: (span: RecordedSpan) => boolean): Spans =>
    (run) =>
      run.trace.spans.filter((span) => moduleOf(span) === module && isOwn(span) && fits(span));
  const roots = own((span) => span.name === `run_module_${module}`);
  const chats = own((span) => span.name.startsWith('chat '));
  return [
    ...rulesFor(
      named('run_module', 'run_module'),
      {
        'agent.name': oneOf(roleName(type)),
        'agento.run.id': uuid,
        'agento.step': oneOf('module'),
        'agento.next_module': oneOf(0, ...(module < chain.length ? [module + 1] : [])),
      },
      roots,
    ),
    ...(module === 1 ? [goalRule(withContent(roots))] : []),
    ...(module < chain.length ? rulesFor(named('hop', 'POST'), common, own(isHop)) : []),
    ...rulesFor(named('chat', model), { ...common, 'agento.step': oneOf('model.call') }, chats),
    ...rulesFor(named('chat', model), chatForms, ownEnd(chats)),
    ...rulesFor(named('chat', model), queueForms, (run) =>
      ownEnd(chats)(run).filter((span) => !isFromJournal(span)),
    ),
    ...rulesFor(named('chat', model), chatResultForms, done(chats)),
    ...rulesFor(named('chat', model), usageForms, (run) =>
      done(chats)(run).filter(({ attributes }) => attributes['agento.usage.unknown'] !== true),
    ),
    ...callRules(module, chats),
  ];
}

function goalRule(spans: Spans): Rule {
  const rule = attributeRule(
    { name: 'module1.run_module', module: 1, where: 'run_module' },
    'user.goal',
    text,
    spans,
  );
  // A goal of up to 16 KiB may take the large form.
  const fits = (span: RecordedSpan) => typeof span.attributes['user.goal_truncated'] === 'string';
  return { ...rule, check: (run) => rule.check(run).filter(({ span }) => !span || !fits(span)) };
}

const subjectKeys = Object.values(subjects).map(({ attribute }) => attribute);

function callRules(module: number, chats: Spans): Rule[] {
  const rule = (name: string, requires: string, check: (run: RunTrace) => Violation[]): Rule => ({
    name: `module${module}.chat.${name}`,
    module,
    where: model,
    requires,
    check,
  });
  return [
    rule(
      'subject',
      "a model call has its step's agent.name and ids of item, criterion, plan and attempt",
      (run) =>
        chats(run).flatMap((span) => {
          const step = run.tree.parentOf(span);
          return ['agent.name', 'agento.step.name', ...subjectKeys]
            .filter(
              (key) => step?.attributes[key] !== undefined && span.attributes[key] !== step.attributes[key],
            )
            .map((key) => ({
              span,
              detail: `${key} differs from its step's (${String(step?.attributes[key])})`,
            }));
        }),
    ),
    rule('cost', 'agento.cost.usd and agento.cost.price_list are both there, or neither', (run) =>
      chats(run)
        .filter(({ attributes }) => {
          const usd = attributes['agento.cost.usd'];
          return (
            (usd !== undefined) !== (textOf(attributes, 'agento.cost.price_list') !== '') ||
            Number(usd ?? 0) < 0
          );
        })
        .map((span) => ({
          span,
          detail: 'agento.cost.usd and agento.cost.price_list must both be set, or neither if unknown',
        })),
    ),
    rule('agento.llm.retry', 'a retry event has attempt, status, error and delay_ms', (run) =>
      chats(run).flatMap((span) =>
        span.events
          .filter((event) => event.name === 'agento.llm.retry')
          .flatMap((event) =>
            ['attempt', 'status', 'error', 'delay_ms']
              .filter((field) => event.attributes[field] === undefined)
              .map((field) => ({ span, detail: `its retry event has no ${field}` })),
          ),
      ),
    ),
  ];
}

const oneRunId: Rule = {
  name: 'trace.run_id',
  module: null,
  where: 'every span Agento starts',
  requires: 'one agento.run.id in a chain of modules',
  check: (run) =>
    run.executions.flatMap((module) => {
      const id = module.previous?.root.attributes['agento.run.id'] ?? module.root.attributes['agento.run.id'];
      return [module.root, ...module.spans]
        .filter((span) => isOwn(span) && span.attributes['agento.run.id'] !== id)
        .map((span) => ({ span, detail: `agento.run.id is not ${String(id)}, that of the run` }));
    }),
};

const redaction: Rule = {
  name: 'trace.redaction',
  module: null,
  where: 'every span Agento starts',
  requires: 'agento.redactions comes with agento.redaction.rules',
  check: (run) =>
    run.trace.spans
      .filter(({ attributes }) => Number(attributes['agento.redactions'] ?? 0) > 0)
      .filter(({ attributes }) => !Array.isArray(attributes['agento.redaction.rules']))
      .map((span) => ({
        span,
        detail: 'agento.redaction.rules is missing: it must name which rules removed something',
      })),
};

/** Older versions do not write it: a module has it on all its steps and calls, or nowhere. */
const stepName: Rule = {
  name: 'trace.step_name',
  module: null,
  where: 'every step, and the calls below it',
  requires: 'agento.step.name is the name of the step, on all of a module or on none',
  check: (run) =>
    run.executions.flatMap((module) => {
      const named = [...module.spans.map((span) => ({ span, name: stepOf(span, run) }))].filter(
        ({ name }) => name !== null,
      );
      if (!named.some(({ span }) => span.attributes['agento.step.name'] !== undefined)) return [];
      return named
        .filter(({ span, name }) => span.attributes['agento.step.name'] !== name)
        .map(({ span, name }) => ({ span, detail: `agento.step.name is not ${name}` }));
    }),
};

const spanKinds = ['CHAIN', 'AGENT', 'LLM', 'TOOL', 'EVALUATOR', 'GUARDRAIL'];

/** Older versions do not write it: a module has it on all its spans, or nowhere. */
const spanKind: Rule = {
  name: 'trace.span_kind',
  module: null,
  where: 'every span',
  requires: `openinference.span.kind is one of ${spanKinds.join(', ')}, on all of a module or on none`,
  check: (run) =>
    run.executions.flatMap((module) => {
      const { root, server, request } = module;
      const all = [root, server, request, ...module.spans].filter((span) => span !== null);
      if (!all.some(({ attributes }) => 'openinference.span.kind' in attributes)) return [];
      return [...new Set(all)]
        .filter(({ attributes }) => !spanKinds.includes(textOf(attributes, 'openinference.span.kind')))
        .map((span) => ({ span, detail: 'openinference.span.kind is missing or none of these' }));
    }),
};

const names = new Set(steps.map(({ name }) => name));

/** The step a span is, or that makes the call it is; null for anything else. */
function stepOf(span: RecordedSpan, run: RunTrace): string | null {
  if (names.has(span.name)) return span.name;
  const parent = /^(chat|execute_tool) /.test(span.name) ? run.tree.parentOf(span) : null;
  return parent && stepOf(parent, run);
}

export const attributeRules: Rule[] = [
  ...stepRules(),
  ...chain.flatMap(otherRules),
  ...toolRules,
  oneRunId,
  stepName,
  spanKind,
  redaction,
];
