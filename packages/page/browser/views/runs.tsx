import { useMemo, useState } from 'preact/hooks';
import type { RunList, RunSummary } from '../api.ts';
import { expectedText } from '../expected.ts';
import { count, duration, goalText, moment, money, score } from '../figures.ts';
import { DeleteRun } from '../parts/delete-run.tsx';
import { Await } from '../parts/loaded.tsx';
import { ofRun } from '../parts/page-view.tsx';
import { ReadingOn, useRuns } from '../parts/reading-on.tsx';
import { SearchField } from '../parts/search-field.tsx';
import { Wide } from '../parts/wide.tsx';
import { addressOf, type Route, withQuery } from '../route.ts';
import { GoingOn } from './going-on.tsx';
import { NewRun } from './new-run.tsx';

const columns = {
  began: { title: 'Began', of: (run: RunSummary) => run.started_ms },
  goal: { title: 'Goal', of: (run: RunSummary) => run.goal ?? '' },
  outcome: { title: 'Outcome', of: (run: RunSummary) => run.outcome },
  score: { title: 'Score', of: (run: RunSummary) => run.score ?? -1 },
  calls: { title: 'Calls', of: (run: RunSummary) => run.calls },
  tokens: { title: 'Tokens', of: (run: RunSummary) => run.input_tokens + run.output_tokens },
  cost: { title: 'Cost', of: (run: RunSummary) => run.cost_usd ?? -1 },
  time: { title: 'Time', of: (run: RunSummary) => run.wall_ms ?? -1 },
};
type Column = keyof typeof columns;
/** An address may name any other. */
const columnOf = (name: string | null): Column =>
  name !== null && Object.hasOwn(columns, name) ? (name as Column) : 'began';
const numbers = new Set<string>(['score', 'calls', 'tokens', 'cost', 'time']);

/** Every run there is evidence of: searched, filtered, sorted; two of them can be compared, and each deleted. */
export function RunsView({ route }: { route: Route }) {
  const { answer, again } = useRuns(1_000);
  return (
    <>
      <h1>Runs</h1>
      <Await of={answer} what="the runs">
        {({ place, takes_runs, removes_traces, models, jaeger_ui, ...list }) => (
          <>
            {takes_runs && <NewRun expected={expectedText(list.runs, models)} />}
            {takes_runs && <GoingOn onEnd={again} />}
            {jaeger_ui !== null && (
              <p>
                <a href={jaeger_ui} rel="noreferrer">
                  All traces in Jaeger
                </a>
              </p>
            )}
            <ReadingOn of={list} />
            {list.runs.length > 0 && (
              <RunTable
                list={list}
                place={place}
                route={route}
                mayDelete={takes_runs}
                jaeger={removes_traces ? null : place}
                onDeleted={again}
              />
            )}
            {list.runs.length === 0 && list.is_whole && (
              <p>
                There is no run in {place} yet.{' '}
                {takes_runs
                  ? 'Give it a goal: five modules turn it into a plan, and each sentence of the plan tells why it stands there.'
                  : 'agento start "a goal" makes one.'}
              </p>
            )}
          </>
        )}
      </Await>
    </>
  );
}

function RunTable({
  list: { runs, is_whole },
  place,
  route,
  mayDelete,
  jaeger,
  onDeleted,
}: {
  list: RunList;
  place: string;
  route: Route;
  mayDelete: boolean;
  /** Where traces stay when their run is deleted. */
  jaeger: string | null;
  onDeleted: () => void;
}) {
  const { query } = route;
  const [deleting, setDeleting] = useState<RunSummary | null>(null);
  const [picked, setPicked] = useState<string[]>([]);
  const search = query.get('search') ?? '';
  const outcome = query.get('outcome') ?? '';
  const by = columnOf(query.get('by'));
  const isUp = query.get('order') === 'up';
  const outcomes = useMemo(() => [...new Set(runs.map((run) => run.outcome))].sort(), [runs]);
  const shown = useMemo(() => {
    const wanted = search.toLowerCase();
    const { of } = columns[by];
    const found = runs.filter(
      (run) =>
        (outcome === '' || run.outcome === outcome) &&
        (wanted === '' || `${run.goal} ${run.run_id} ${run.session_id}`.toLowerCase().includes(wanted)),
    );
    const direction = isUp ? 1 : -1;
    return found.sort((one, other) =>
      of(one) < of(other) ? -direction : of(one) > of(other) ? direction : 0,
    );
  }, [runs, search, outcome, by, isUp]);
  const change = (part: Record<string, string | undefined>) => {
    location.replace(withQuery(route, part));
  };
  // The same rows are not drawn again while somebody types.
  const rows = useMemo(
    () =>
      shown.map((run) => (
        <RunRow
          key={`${run.run_id} ${run.run_attempt}`}
          run={run}
          onDelete={mayDelete ? () => setDeleting(run) : null}
          isPicked={picked.includes(run.run_id)}
          pick={(isPicked) =>
            setPicked((all) =>
              isPicked ? [...all, run.run_id].slice(-2) : all.filter((id) => id !== run.run_id),
            )
          }
        />
      )),
    [shown, picked, mayDelete],
  );
  const [before, now] = picked;
  return (
    <>
      <search>
        <form class="filters" onSubmit={(event) => event.preventDefault()}>
          <SearchField
            label="Search"
            value={search}
            placeholder="goal, run or session"
            onSettled={(text) => change({ search: text || undefined })}
          />
          <label>
            Outcome{' '}
            <select
              value={outcome}
              onChange={(event) => change({ outcome: event.currentTarget.value || undefined })}
            >
              <option value="">any</option>
              {outcomes.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          {before && now ? (
            <a class="button" href={addressOf(['compare', before, now])}>
              Compare the two
            </a>
          ) : (
            <span class="quiet">{picked.length === 1 ? 'Pick one more to compare.' : ''}</span>
          )}
          {/* What changes by itself is not told each time. */}
          <span class="quiet" role="status" aria-live={is_whole ? 'polite' : 'off'}>
            {shown.length === runs.length
              ? count(runs.length)
              : `${count(shown.length)} of ${count(runs.length)}`}{' '}
            in {place}
          </span>
        </form>
      </search>
      <Wide of="Runs">
        <table class="runs">
          <thead>
            <tr>
              {(Object.entries(columns) as [Column, { title: string }][]).map(([name, { title }]) => (
                <th
                  key={name}
                  scope="col"
                  class={numbers.has(name) ? 'number' : undefined}
                  aria-sort={by === name ? (isUp ? 'ascending' : 'descending') : undefined}
                >
                  <a
                    href={withQuery(route, {
                      by: name === 'began' ? undefined : name,
                      order: by === name && !isUp ? 'up' : undefined,
                    })}
                  >
                    {title}
                    {by === name && <span aria-hidden="true">{isUp ? ' ↑' : ' ↓'}</span>}
                  </a>
                </th>
              ))}
              <th scope="col">Compare</th>
              {mayDelete && <th scope="col">Delete</th>}
            </tr>
          </thead>
          <tbody>{rows}</tbody>
        </table>
      </Wide>
      {deleting && (
        <DeleteRun
          run={deleting}
          jaeger={jaeger}
          onClose={() => setDeleting(null)}
          onDeleted={() => {
            setPicked((all) => all.filter((id) => id !== deleting.run_id));
            onDeleted();
          }}
        />
      )}
      {shown.length === 0 && <p>None of the {count(runs.length)} runs is like that.</p>}
    </>
  );
}

function RunRow({
  run,
  isPicked,
  pick,
  onDelete,
}: {
  run: RunSummary;
  isPicked: boolean;
  pick: (isPicked: boolean) => void;
  onDelete: (() => void) | null;
}) {
  const attempt = run.run_attempt > 1 ? String(run.run_attempt) : undefined;
  const goal = goalText(run.goal);
  const name = `“${goal.slice(0, 60)}” (${run.run_id.slice(0, 8)})`;
  return (
    <tr>
      <td class="when">{moment(run.started_ms)}</td>
      <td class="goal">
        <a href={ofRun(run.run_id, 'plan', { attempt })}>{goal}</a>{' '}
        <span class="quiet">
          {run.run_id.slice(0, 8)}
          {attempt && `, attempt ${attempt}`}
        </span>
      </td>
      <td>
        <Outcome outcome={run.outcome} error={run.error} />
        {run.is_complete === false && <span class="quiet"> evidence has gaps</span>}
      </td>
      <td class="number">{score(run.score)}</td>
      <td class="number">{count(run.calls)}</td>
      <td class="number">{count(run.input_tokens + run.output_tokens)}</td>
      <td class="number">{money(run.cost_usd)}</td>
      <td class="number">{duration(run.wall_ms)}</td>
      <td class="pick">
        <input
          type="checkbox"
          checked={isPicked}
          aria-label={`Compare ${name}`}
          onChange={(event) => pick(event.currentTarget.checked)}
        />
      </td>
      {onDelete && (
        <td>
          <button type="button" aria-label={`Delete ${name}`} onClick={onDelete}>
            Delete
          </button>
        </td>
      )}
    </tr>
  );
}

/** How a run ended, in a word and a colour that says the same. */
export function Outcome({ outcome, error }: { outcome: string; error: string | null }) {
  const tone = outcome === 'published' ? 'good' : outcome === 'failed' ? 'bad' : 'odd';
  return (
    <span class={`outcome ${tone}`}>
      {outcome}
      {error && `: ${error}`}
    </span>
  );
}
