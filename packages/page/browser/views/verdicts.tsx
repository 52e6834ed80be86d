import type { EvidenceOfRun } from '../api.ts';
import { score } from '../figures.ts';
import { doors } from '../parts/page-view.tsx';
import { Wide } from '../parts/wide.tsx';
import { withQuery } from '../route.ts';
import type { OfRun } from './run.tsx';

type Verdict = EvidenceOfRun['verdicts'][number];

/** Which text a verdict is of, from the expanded item to the plan as a whole. */
function stageOf({ kind, attempt }: Verdict): string {
  if (attempt === null) return kind === 'item_criterion' ? 'expanded' : kind.replaceAll('_', ' ');
  return attempt === 0 ? 'original' : `attempt ${attempt}`;
}

/** Of one text, two verdicts that say opposite things. */
function contradict(verdicts: Verdict[]): boolean {
  const ofFirstText = verdicts.filter(({ attempt }) => attempt === null || attempt === 0);
  return new Set(ofFirstText.map(({ pass }) => pass).filter((pass) => pass !== null)).size > 1;
}

/** Items by criteria: each verdict in the order in which it came, where judges contradict each other marked. */
export function VerdictsView({ run, route }: OfRun) {
  const criteria = run.criteria.filter((criterion) => criterion.is_selected);
  const columns = [
    ...criteria.map(({ id, text }) => ({ id, text })),
    ...run.constraints.map(({ id, text }) => ({ id, text })),
  ];
  const of = (own: Verdict[], id: string) =>
    own.filter(({ criterion_id, constraint_id }) => criterion_id === id || constraint_id === id);
  const rows = [
    ...run.items.map((item) => ({
      id: item.id,
      title: item.title,
      verdicts: run.verdicts.filter(({ item_id }) => item_id === item.id),
    })),
    {
      id: '',
      title: 'The final plan',
      verdicts: run.verdicts.filter(({ kind, item_id }) => item_id === null && /^plan_(?!score)/.test(kind)),
    },
  ];
  if (run.verdicts.length === 0 || columns.length === 0) return <p>Nothing was judged in this run.</p>;
  return (
    <>
      <p class="hint">
        Each mark is a verdict: first of the expanded item, then of the same text before its revision and of
        each attempt. <span class="contradiction">Framed</span>: two judgements of the same text that
        contradict each other.
      </p>
      <Wide of="Verdicts">
        <table class="matrix">
          <thead>
            <tr>
              <th scope="col">Item</th>
              {columns.map(({ id, text }) => (
                <th scope="col" key={id}>
                  {doors(id, route)} <span class="quiet">{text}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ id, title, verdicts }) => (
              <tr key={id}>
                <th scope="row">
                  {id && doors(id, route)} {title}
                </th>
                {columns.map((column) => {
                  const own = of(verdicts, column.id);
                  return (
                    <td key={column.id} class={id !== '' && contradict(own) ? 'contradiction' : undefined}>
                      {own.length === 0
                        ? '–'
                        : own.map((verdict) => <Mark verdict={verdict} route={route} />)}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </>
  );
}

function Mark({ verdict, route }: { verdict: Verdict; route: OfRun['route'] }) {
  const { pass, span_id, explanation, judge } = verdict;
  const word = pass === null ? 'judged' : pass ? 'pass' : 'fail';
  return (
    <a
      class={`mark ${word}`}
      href={withQuery(route, { show: span_id, why: undefined, text: undefined })}
      title={`${judge}: ${explanation ?? 'no explanation recorded'}`}
    >
      <span aria-hidden="true">{pass === null ? '·' : pass ? '✔' : '✖'}</span> {score(verdict.score)}{' '}
      <span class="quiet">
        <span class="unseen">{word}, </span>
        {stageOf(verdict)}
      </span>
    </a>
  );
}
