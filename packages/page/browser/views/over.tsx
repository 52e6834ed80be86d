import { type Answers, type RunSummary, useAnswer } from '../api.ts';
import { count, duration, money, score } from '../figures.ts';
import { HowMany, runsOf } from '../parts/how-many.tsx';
import { Await } from '../parts/loaded.tsx';
import { type Measure, Plot } from '../parts/plot.tsx';
import { ReadingOn, useRuns } from '../parts/reading-on.tsx';
import { UnreadTraces } from '../parts/unread.tsx';
import { type Route, withQuery } from '../route.ts';
import { type Share, Shares } from './costs.tsx';

const measures: Measure[] = [
  {
    title: 'Score',
    axis: 'Share of the criteria that the plan fully meets',
    of: (run) => run.score,
    said: score,
    top: 1,
  },
  { title: 'Cost', axis: 'US dollars a run', of: (run) => run.cost_usd, said: money },
  { title: 'Time', axis: 'From the start of a run to its end', of: (run) => run.wall_ms, said: duration },
  {
    title: 'Tokens',
    axis: 'In and out, a run',
    of: (run) => run.input_tokens + run.output_tokens,
    said: (tokens) => count(tokens ?? 0),
  },
];

/** The last runs side by side, and where their time and money went together. */
export function OverView({ route }: { route: Route }) {
  const many = runsOf(route);
  const { answer: listed } = useRuns(many);
  const costs = useAnswer<'costs'>(`./evidence/costs?runs=${many}`);
  return (
    <>
      <h1>Time and money over the last runs</h1>
      <div class="filters">
        <HowMany route={route} />
      </div>
      <Await of={listed} what="the runs">
        {({ place, ...list }) => (
          <>
            <ReadingOn of={list} />
            {list.runs.length > 0 && <Plots runs={list.runs.toReversed()} />}
            {list.runs.length === 0 && list.is_whole && <p>There is no run in {place} yet.</p>}
          </>
        )}
      </Await>
      <Await of={costs} what="what the runs spent">
        {(spent) => <Spent spent={spent} route={route} />}
      </Await>
    </>
  );
}

function Plots({ runs }: { runs: RunSummary[] }) {
  return (
    <div class="plots">
      {measures.map((measure) => (
        <Plot key={measure.title} measure={measure} runs={runs} />
      ))}
    </div>
  );
}

function Spent({ spent, route }: { spent: Answers['costs']; route: Route }) {
  const isSlowest = route.query.get('first') === 'slowest';
  return (
    <>
      <p class="filters">
        <span>
          Together, over {count(spent.runs)} {spent.runs === 1 ? 'run' : 'runs'} with a trace:
        </span>
        <a href={withQuery(route, { first: undefined })} aria-current={isSlowest ? undefined : 'true'}>
          the dearest first
        </a>
        <a href={withQuery(route, { first: 'slowest' })} aria-current={isSlowest ? 'true' : undefined}>
          the slowest first
        </a>
      </p>
      <UnreadTraces unread={spent.unread} />
      <Shares title="By agent" shares={sharesOf(spent.agents, isSlowest)} />
      <Shares title="By module" shares={sharesOf(spent.modules, isSlowest, 'module ')} />
    </>
  );
}

function sharesOf(used: Answers['costs']['agents'], isSlowest: boolean, prefix = ''): Share[] {
  const shares = Object.entries(used).map(([name, usage]) => ({
    name: prefix + name,
    calls: usage.calls,
    tokens: usage.input_tokens + usage.output_tokens,
    cost: usage.cost_usd,
    time: usage.duration_ms,
  }));
  return shares.sort(
    isSlowest
      ? (one, other) => other.time - one.time
      : (one, other) => (other.cost ?? 0) - (one.cost ?? 0) || other.tokens - one.tokens,
  );
}
