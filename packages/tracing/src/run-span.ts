import { version } from '@agento/contracts';
import { context, type Span, type Tracer, trace } from '@opentelemetry/api';
import type { SpanReference } from './lineage.ts';
import { attribute, moduleScope } from './names.ts';
import type { RunEntry } from './propagation.ts';
import type { TracedModule } from './resource.ts';
import { withScope } from './scope.ts';
import { type Attributes, withSpan } from './span.ts';

/** The data for the two spans of a module's run. */
interface RunNames {
  module: TracedModule;
  entry: RunEntry;
  /** The module's role, for steps without a model. */
  agentName: string;
  runId: string;
  /** Number of the attempt at the run. Default: 1. */
  runAttempt?: number;
  /** Which execution of the module's part of it. Default: 1. */
  execution?: number;
  sessionId?: string | undefined;
}

/** Attributes of every span of a run. */
function runAttributes({ agentName, runId, runAttempt = 1, execution = 1, sessionId }: RunNames): Attributes {
  return {
    [attribute.agentName]: agentName,
    [attribute.runId]: runId,
    [attribute.runAttempt]: runAttempt,
    [attribute.runExecution]: execution,
    ...(sessionId !== undefined && { [attribute.sessionId]: sessionId }),
  };
}

/** Runs the work in `run_module_N`, with the attributes of every span of the run; counts the spans below it. */
export function withRunSpan<T>(
  run: RunNames & {
    nextModule: number;
    attributes?: Attributes;
    /** The spans of the executions before this one. */
    resumedFrom?: SpanReference[];
  },
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const count = { spans: 0 };
  const tracer: Tracer = trace.getTracer(moduleScope(run.module.number), version);
  const scope = runAttributes(run);
  const above = withScope(run.entry.parent, { tracer, attributes: scope, count: null });
  return withSpan(
    {
      name: `run_module_${run.module.number}`,
      parent: above,
      links: [
        ...run.entry.links,
        ...(run.resumedFrom ?? []).map((to) => ({ to, relationship: 'resumed_from' })),
      ],
      attributes: {
        [attribute.step]: 'module',
        [attribute.genAiOperation]: 'invoke_workflow',
        [attribute.genAiAgentName]: run.agentName,
        [attribute.nextModule]: run.nextModule,
        ...run.entry.attributes,
        ...run.attributes,
      },
    },
    async (span) => {
      const counted = withScope(context.active(), { tracer, attributes: scope, count });
      try {
        return await context.with(counted, () => work(span));
      } finally {
        span.setAttribute(attribute.spanCount, count.spans);
      }
    },
  );
}

/** Runs the call to the next module in `POST`, a sibling of `run_module_N` that comes after it. */
export function withHopSpan<T>(
  run: RunNames & { url: string },
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const url = new URL(run.url);
  const tracer: Tracer = trace.getTracer(moduleScope(run.module.number), version);
  return withSpan(
    {
      name: 'POST',
      client: true,
      parent: run.entry.parent,
      tracer,
      attributes: {
        ...runAttributes(run),
        [attribute.step]: 'hop',
        [attribute.httpMethod]: 'POST',
        [attribute.urlFull]: run.url,
        [attribute.serverAddress]: url.hostname,
        [attribute.serverPort]: Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
      },
    },
    work,
  );
}
