import type { RunSummary } from '../api.ts';
import { day, goalText, moment } from '../figures.ts';
import { ofRun } from './page-view.tsx';
import { Wide } from './wide.tsx';

/** What is plotted of each run, and how it is said. */
export interface Measure {
  title: string;
  /** What its axis counts. */
  axis: string;
  of: (run: RunSummary) => number | null;
  said: (value: number | null) => string;
  /** The top of its axis where it has one by nature. */
  top?: number;
}

/** A bar for each run, the oldest first, each a link to it; the arrow keys walk them. */
export function Plot({
  measure: { title, axis, of, said, top },
  runs,
}: {
  measure: Measure;
  runs: RunSummary[];
}) {
  const values = runs.flatMap((run) => of(run) ?? []);
  const [first, last] = [runs[0], runs.at(-1)];
  if (!first || !last) return null;
  const highest = top ?? Math.max(...values, 0);
  return (
    <figure class="plot">
      <figcaption>
        <h2>{title}</h2>
        <p class="quiet">
          {axis}: {inWords(values, said, runs.length)}
        </p>
      </figcaption>
      <div class="axes">
        <div class="upward" aria-hidden="true">
          <span>{highest > 0 && said(highest)}</span>
          <span>0</span>
        </div>
        <ol class="bars" aria-label={`${title} of each run, the oldest first`} onKeyDown={walk}>
          {runs.map((run, index) => (
            <Bar
              key={`${run.run_id} ${run.run_attempt}`}
              run={run}
              value={of(run)}
              words={`${title} ${said(of(run))}`}
              highest={highest}
              isEntry={index === runs.length - 1}
            />
          ))}
        </ol>
        <div class="along" aria-hidden="true">
          <span>{day(first.started_ms)}</span>
          <span>runs</span>
          <span>{day(last.started_ms)}</span>
        </div>
      </div>
      <details>
        <summary>{title} as a table</summary>
        <Wide of={`${title} of each run`}>
          <table>
            <thead>
              <tr>
                <th scope="col">Began</th>
                <th scope="col" class="number">
                  {title}
                </th>
                <th scope="col">Goal</th>
              </tr>
            </thead>
            <tbody>
              {runs.toReversed().map((run) => (
                <tr key={`${run.run_id} ${run.run_attempt}`}>
                  <td class="when">{moment(run.started_ms)}</td>
                  <td class="number">{said(of(run))}</td>
                  <td class="goal">
                    <a href={addressIn(run)}>{goalOf(run)}</a>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      </details>
    </figure>
  );
}

function Bar({
  run,
  value,
  words,
  highest,
  isEntry,
}: {
  run: RunSummary;
  value: number | null;
  words: string;
  highest: number;
  isEntry: boolean;
}) {
  const label = `${goalOf(run)}: ${words}, ${moment(run.started_ms)}, ${run.outcome}`;
  const share = value === null ? 1 : highest > 0 ? value / highest : 0;
  return (
    <li>
      <a
        class="slot"
        href={addressIn(run)}
        title={label}
        aria-label={label}
        // One stop for the Tab key, however many runs there are.
        tabIndex={isEntry ? 0 : -1}
      >
        <span
          class={`column ${value === null ? 'unknown' : run.outcome === 'failed' ? 'failing' : ''}`}
          style={{ height: `${100 * share}%` }}
        />
      </a>
    </li>
  );
}

function walk(event: KeyboardEvent): void {
  const bar = (event.target as HTMLElement).closest('li');
  const next = { ArrowLeft: bar?.previousElementSibling, ArrowRight: bar?.nextElementSibling }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  next?.querySelector('a')?.focus();
}

function inWords(values: number[], said: Measure['said'], runs: number): string {
  const newest = values.at(-1);
  if (newest === undefined) return 'not known of any of these runs.';
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
  const without = runs - values.length;
  return (
    `from ${said(sorted[0] ?? null)} to ${said(sorted.at(-1) ?? null)}, in the middle ${said(middle)}, ` +
    `the newest ${said(newest)}${without > 0 ? `; not known of ${without} of ${runs}` : ''}.`
  );
}

const goalOf = ({ goal }: RunSummary) => goalText(goal);

function addressIn({ run_id, run_attempt }: RunSummary): string {
  return ofRun(run_id, 'plan', { attempt: run_attempt > 1 ? String(run_attempt) : undefined });
}
