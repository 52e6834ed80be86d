import { score } from '../figures.ts';
import { doors } from '../parts/page-view.tsx';
import { withQuery } from '../route.ts';
import type { OfRun } from './run.tsx';

const titles: Record<string, string> = {
  criteria_selection: 'Which criteria',
  plan_selection: 'Which plan',
  revision_approval: 'Whether to revise',
  attempt_acceptance: 'Which text',
};

/** Every choice: candidates with their scores as bars, the margin, and why each was or was not taken. */
export function DecisionsView({ run, route }: OfRun) {
  if (run.decisions.length === 0) return <p>Nothing was decided in this run.</p>;
  return (
    <>
      {run.decisions.map((decision) => {
        const most = Math.max(1, ...decision.candidates.map(({ scores }) => scores[decision.by] ?? 0));
        return (
          <section class="decision" key={decision.span_id} aria-labelledby={`d-${decision.span_id}`}>
            <h2 id={`d-${decision.span_id}`}>
              {titles[decision.kind] ?? decision.kind}
              {decision.about.item_id && <> of {decision.about.item_id}</>}
            </h2>
            <p class="line">
              <span>{decision.agent}</span>
              <span>
                by {decision.by}
                {decision.margin !== null && `, margin ${score(decision.margin)}`}
                {decision.tie_break && `, tie broken: ${decision.tie_break}`}
              </span>
              <span>{doors(decision.span_id, route)}</span>
              <a href={withQuery(route, { why: decision.span_id, show: undefined, text: undefined })}>Why?</a>
            </p>
            {decision.reason && <p>{decision.reason}</p>}
            <ol class="candidates">
              {decision.candidates.map((candidate) => (
                <li key={candidate.id} class={candidate.is_chosen ? 'chosen' : undefined}>
                  <div>
                    <strong>{candidate.is_chosen ? '✔ ' : ''}</strong>
                    {doors(candidate.id, route)} {candidate.label}
                  </div>
                  <Bar value={candidate.scores[decision.by] ?? null} most={most} name={decision.by} />
                  <OtherScores scores={candidate.scores} by={decision.by} />
                  {candidate.reason && <div class="quiet">{candidate.reason}</div>}
                </li>
              ))}
            </ol>
          </section>
        );
      })}
    </>
  );
}

/** A figure, with its length beside it. */
export function Bar({ value, most, name }: { value: number | null; most: number; name: string }) {
  const share = value === null || most <= 0 ? 0 : Math.max(0, value) / most;
  return (
    <div class="bar">
      <span class="track" aria-hidden="true">
        <span style={{ width: `${100 * share}%` }} />
      </span>
      <span>
        {name} {score(value)}
      </span>
    </div>
  );
}

function OtherScores({ scores, by }: { scores: Record<string, number>; by: string }) {
  const others = Object.entries(scores).filter(([name]) => name !== by);
  if (others.length === 0) return null;
  return <div class="quiet">{others.map(([name, value]) => `${name} ${score(value)}`).join(' · ')}</div>;
}
