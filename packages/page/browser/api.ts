import type { Problem, Review, RunResource } from '@agento/contracts';
import type { Page, RunComparison, RunSummary, SpanRow } from '@agento/evidence';
import type { AuditOver, CostsOver, EvidenceOfRun, RunList, WholeSpan } from '@agento/evidence-api';
import { useEffect, useState } from 'preact/hooks';
import { send } from './send.ts';

export type { EvidenceOfRun, Page, Problem, RunList, RunResource, RunSummary, SpanRow, WholeSpan };

/** What a server answers, by its path. */
export interface Answers {
  runs: {
    place: string;
    takes_runs: boolean;
    removes_traces: boolean;
    models: string[];
    jaeger_ui: string | null;
  } & RunList;
  costs: CostsOver;
  audit: AuditOver;
  review: Review;
  resource: RunResource;
  run: EvidenceOfRun;
  shown: { page: Page; data: Record<string, unknown> };
  spans: SpanRow[];
  span: WholeSpan;
  comparison: { page: Page; data: RunComparison };
}

export type Loaded<T> = { is: 'loading' } | { is: 'failed'; why: string } | { is: 'loaded'; value: T };

/** An answer of the server this page is from, asked for again when the path or the number changes. */
export function useAnswer<Name extends keyof Answers>(path: string, again = 0): Loaded<Answers[Name]> {
  const [state, setState] = useState<{ path: string; loaded: Loaded<Answers[Name]> }>({
    path: '',
    loaded: { is: 'loading' },
  });
  useEffect(() => {
    const leaving = new AbortController();
    ask<Answers[Name]>(path, leaving.signal).then(
      (value) => setState({ path, loaded: { is: 'loaded', value } }),
      (error: Error) => {
        if (!leaving.signal.aborted) setState({ path, loaded: { is: 'failed', why: error.message } });
      },
    );
    return () => leaving.abort();
  }, [path, again]);
  return state.path === path ? state.loaded : { is: 'loading' };
}

async function ask<T>(path: string, signal: AbortSignal): Promise<T> {
  const answer = await send(path, { signal, headers: { accept: 'application/json' } });
  return (await answer.json()) as T;
}
