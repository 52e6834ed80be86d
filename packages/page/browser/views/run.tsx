import type { ComponentType } from 'preact';
import { useState } from 'preact/hooks';
import { type EvidenceOfRun, useAnswer } from '../api.ts';
import { count, duration, goalText, moment, money, score } from '../figures.ts';
import { DeleteRun } from '../parts/delete-run.tsx';
import { InJaeger } from '../parts/in-jaeger.tsx';
import { Await } from '../parts/loaded.tsx';
import { doors, ofRun } from '../parts/page-view.tsx';
import { Panel } from '../parts/panel.tsx';
import { addressOf, type Route } from '../route.ts';
import { AttemptsView } from './attempts.tsx';
import { CostsView } from './costs.tsx';
import { DecisionsView } from './decisions.tsx';
import { FindingsView } from './findings.tsx';
import { PlanView } from './plan.tsx';
import { Outcome } from './runs.tsx';
import { TimelineView } from './timeline.tsx';
import { VerdictsView } from './verdicts.tsx';

/** What a view of a run is given. */
export interface OfRun {
  run: EvidenceOfRun;
  route: Route;
}

const views: Record<string, { title: string; View: ComponentType<OfRun> }> = {
  plan: { title: 'Plan', View: PlanView },
  decisions: { title: 'Decisions', View: DecisionsView },
  verdicts: { title: 'Verdicts', View: VerdictsView },
  attempts: { title: 'Revisions', View: AttemptsView },
  findings: { title: 'Findings', View: FindingsView },
  timeline: { title: 'Timeline', View: TimelineView },
  costs: { title: 'Time and money', View: CostsView },
};

/** A run: what it was for and how it ended, its views, and beside them whatever was opened. */
export function RunView({ id, route }: { id: string; route: Route }) {
  const attempt = route.query.get('attempt');
  const answer = useAnswer<'run'>(`./runs/${id}/evidence${attempt === null ? '' : `?attempt=${attempt}`}`);
  const wanted = route.path[2] ?? 'plan';
  const name = Object.hasOwn(views, wanted) ? wanted : 'plan';
  const { View } = views[name] as { View: ComponentType<OfRun> };
  return (
    <Await of={answer} what="the run">
      {(run) => (
        <>
          <Head run={run} route={route} />
          <nav class="tabs" aria-label="Views of the run">
            {Object.entries(views).map(([view, { title }]) => (
              <a
                key={view}
                href={ofRun(id, view, { attempt: attempt ?? undefined })}
                aria-current={view === name ? 'page' : undefined}
              >
                {title}
              </a>
            ))}
          </nav>
          <div class="beside">
            <div class="view">
              <View run={run} route={route} />
            </div>
            <Panel id={id} route={route} />
          </div>
        </>
      )}
    </Await>
  );
}

function Head({ run, route }: OfRun) {
  const { calls, input_tokens, output_tokens, cost_usd } = run.usage.all;
  const [isDeleting, setDeleting] = useState(false);
  const before = run.run_attempts.filter((number) => number < run.run_attempt).at(-1);
  return (
    <div class="head-of-run">
      <h1>{goalText(run.goal.value)}</h1>
      <p class="line">
        <Outcome outcome={run.outcome} error={run.error?.type ?? null} />
        <span>{moment(run.started_ms)}</span>
        {run.score !== null && <span>score {score(run.score)}</span>}
        <span>{count(calls)} calls</span>
        <span>{count(input_tokens + output_tokens)} tokens</span>
        <span>cost {money(cost_usd)}</span>
        <span>{duration(run.wall_ms)}</span>
        <span class="quiet">run {run.run_id}</span>
        <InJaeger ui={run.jaeger_ui} trace={run.trace_id} />
        {run.takes_runs && (
          <button type="button" onClick={() => setDeleting(true)}>
            Delete
          </button>
        )}
      </p>
      {isDeleting && (
        <DeleteRun
          run={{ run_id: run.run_id, goal: run.goal.value }}
          jaeger={run.removes_traces ? null : run.place}
          onClose={() => setDeleting(false)}
          onDeleted={() => {
            location.hash = '#/';
          }}
        />
      )}
      {run.run_attempts.length > 1 && (
        <p class="line">
          Attempts:{' '}
          {run.run_attempts.map((number) => (
            <a
              key={number}
              href={ofRun(run.run_id, route.path[2] ?? 'plan', { attempt: String(number) })}
              aria-current={number === run.run_attempt ? 'true' : undefined}
            >
              {number}
            </a>
          ))}
          {before !== undefined && (
            <a
              href={addressOf(['compare', run.run_id, run.run_id], {
                with_attempt: String(before),
                attempt: String(run.run_attempt),
              })}
            >
              what is different from attempt {before}
            </a>
          )}
        </p>
      )}
      {run.error && (
        <p class="failed">
          {run.error.type}: {run.error.message}
        </p>
      )}
      {run.gaps.length > 0 ? (
        <details class="odd">
          <summary>The evidence has gaps: {count(run.gaps.length)}</summary>
          <ul>
            {run.gaps.map((gap) => (
              <li key={gap}>{doors(gap, route)}</li>
            ))}
          </ul>
        </details>
      ) : (
        <p class="quiet">
          The evidence is complete: {count(run.span_count)} spans
          {run.has_content ? '' : '; prompts and texts were not recorded'}.
        </p>
      )}
    </div>
  );
}
