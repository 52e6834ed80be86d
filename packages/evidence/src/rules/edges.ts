import { asksModel, chain } from '@agento/contracts';
import { moduleOf, type RecordedSpan, type SpanKind } from '../model.ts';
import { isHop, type RunTrace } from '../run.ts';
import type { Rule, Violation } from './rule.ts';
import { steps } from './steps.ts';

const asking = steps.filter(asksModel).map(({ name }) => name);

/**
 * The allowed parents of every span, by name: the single definition of the tree. `run_module` is the module's own root.
 */
export const edges: { child: string; kind: SpanKind; parents: string[] }[] = [
  { child: 'POST /run', kind: 'SERVER', parents: ['POST'] },
  { child: 'request', kind: 'INTERNAL', parents: ['POST /run'] },
  // Below the previous module's root if it continues from a file: the request is then in a trace of its own.
  { child: 'run_module', kind: 'INTERNAL', parents: ['request', 'the run_module before'] },
  { child: 'POST', kind: 'CLIENT', parents: ['request', 'the run_module before'] },
  ...Map.groupBy(steps, ({ name }) => name)
    .entries()
    .map(([child, specs]) => ({
      child,
      kind: 'INTERNAL' as const,
      parents: [
        ...new Set([
          ...specs.map(({ parent }) => parent),
          // A guardrail of AGENTO_GUARDRAILS is below the step whose answer it judged.
          ...(specs.some(({ times }) => times === 'guardrail') ? asking : []),
        ]),
      ],
    })),
  {
    child: 'execute_tool {tool}',
    kind: 'INTERNAL',
    parents: asking,
  },
  {
    child: 'chat {model}',
    kind: 'CLIENT',
    parents: [...asking, 'execute_tool {tool}'],
  },
];

/** The name of a span in the table. */
function tableName(span: RecordedSpan): string {
  if (isHop(span)) return 'POST';
  return span.name
    .replace(/^run_module_\d+$/, 'run_module')
    .replace(/^chat .*$/s, 'chat {model}')
    .replace(/^execute_tool .*$/s, 'execute_tool {tool}');
}

/** A module's spans that are in the table, with their row. */
function placed(run: RunTrace, module: number, child: string): RecordedSpan[] {
  return run.trace.spans.filter((span) => moduleOf(span) === module && tableName(span) === child);
}

function rulesOf(module: number): Rule[] {
  const ofModule = edges.filter(
    ({ child }) =>
      !steps.some((step) => step.name === child) ||
      steps.some((step) => step.name === child && step.module === module),
  );
  return ofModule.flatMap(({ child, kind, parents }): Rule[] => {
    const name = `module${module}.${shortName(child)}`;
    const allowed = parents.map((parent) => parent.replace(/^run_module_\d+$/, 'run_module'));
    return [
      {
        name: `${name}.parent`,
        module,
        where: child,
        requires: `its parent is ${[...new Set(allowed)].join(' or ')}`,
        check: (run) =>
          placed(run, module, child).flatMap((span): Violation[] => {
            const parent = run.tree.parentOf(span);
            if (parent ? isAllowed(span, parent, allowed) : mayBeRoot(span, run)) return [];
            const under = parent ? `its parent is ${parent.name}` : 'it has no parent here';
            return [{ span, detail: `${under}; it must be ${allowed.join(' or ')}` }];
          }),
      },
      {
        name: `${name}.kind`,
        module,
        where: child,
        requires: `is of kind ${kind}`,
        check: (run) =>
          placed(run, module, child)
            .filter((span) => span.kind !== kind)
            .map((span) => ({ span, detail: `its kind is ${span.kind}: it must be ${kind}` })),
      },
    ];
  });
}

function isAllowed(span: RecordedSpan, parent: RecordedSpan, allowed: string[]): boolean {
  const [own, above] = [moduleOf(span) ?? 0, moduleOf(parent) ?? 0];
  if (tableName(span) === 'POST /run') return above === 0 || (isHop(parent) && above === own - 1);
  if (above === own - 1)
    return tableName(parent) === 'run_module' && allowed.includes('the run_module before');
  return above === own && allowed.includes(tableName(parent));
}

/** A run begins with a SERVER span; a caller's span may be its parent, in this trace or not. */
function mayBeRoot(span: RecordedSpan, run: RunTrace): boolean {
  return tableName(span) === 'POST /run' && !run.tree.isOrphan(span);
}

/** The name of a span in rule names. */
function shortName(child: string): string {
  if (child === 'POST /run') return 'server';
  return child === 'POST' ? 'hop' : child.replace(/ \{.*$/, '');
}

const names = new Set(edges.map(({ child }) => child));

function knownSpans(module: number): Rule {
  return {
    name: `module${module}.known_spans`,
    module,
    where: 'service',
    requires:
      'a service creates no spans other than those in the table: none from hooks, handlers or HTTP clients',
    check: (run) =>
      run.trace.spans
        .filter((span) => moduleOf(span) === module && !names.has(tableName(span)))
        .map((span) => ({
          span,
          detail: `${span.name} (scope ${span.scope.name}) is not in the contract`,
        })),
  };
}

export const edgeRules: Rule[] = chain.flatMap(({ number }) => [...rulesOf(number), knownSpans(number)]);
