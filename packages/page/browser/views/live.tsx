import { useEffect, useState } from 'preact/hooks';
import { type Problem, useAnswer } from '../api.ts';
import { eventsOfRun, type RunEvent } from '../events.ts';
import { count, duration, money } from '../figures.ts';
import { ofRun } from '../parts/page-view.tsx';
import { send } from '../send.ts';

type Started = Extract<RunEvent, { name: 'step.started' }>['data'];
type Finished = Extract<RunEvent, { name: 'step.finished' }>['data'];

/** How far a run has come, by its events. */
interface Progress {
  /** Started and not finished, by what they are about. */
  working: Map<string, Started>;
  finished: Finished[];
  modules: Set<number>;
  tokens: number;
  /** US dollars; null: the price of a model is not known. */
  cost: number | null;
  /** It waits for a person. */
  waits: boolean;
  end: 'finished' | Problem | null;
}

const nameOf = ({ module, step, agent_name, item_id, criterion_id, plan_id, attempt }: Started) =>
  JSON.stringify([module, step, agent_name, item_id, criterion_id, plan_id, attempt]);

/** What a step is about, as in the terminal: `p1-i1 c3`, `p1-i1 #2`. */
const aboutOf = ({ item_id, plan_id, criterion_id, attempt }: Started) =>
  [item_id ?? plan_id, criterion_id, attempt && `#${attempt}`].filter(Boolean).join(' ');

function after(progress: Progress, event: RunEvent): Progress {
  const working = new Map(progress.working);
  switch (event.name) {
    case 'step.started':
      working.set(nameOf(event.data), event.data);
      return { ...progress, working, waits: false };
    case 'run.waiting_for_review':
      return { ...progress, waits: true };
    case 'step.finished': {
      working.delete(nameOf(event.data));
      const { input_tokens, output_tokens, cost_usd } = event.data.usage;
      return {
        ...progress,
        working,
        finished: [...progress.finished, event.data],
        tokens: progress.tokens + input_tokens + output_tokens,
        // A run of an earlier version said nothing of it.
        cost: progress.cost === null || cost_usd == null ? null : progress.cost + cost_usd,
      };
    }
    case 'module.finished':
      return { ...progress, modules: new Set([...progress.modules, event.data.module]) };
    case 'run.finished':
      return { ...progress, working: new Map(), end: 'finished' };
    case 'run.failed':
      return { ...progress, working: new Map(), end: event.data.problem };
    default:
      return progress;
  }
}

const nothing: Progress = {
  working: new Map(),
  finished: [],
  modules: new Set(),
  tokens: 0,
  cost: 0,
  waits: false,
  end: null,
};
/** How many of a module's steps are shown, the last ones. */
const shownSteps = 8;

/** The type of the problem that a cancelled run ends with. */
const cancelled = 'urn:agento:problem:cancelled';

export const modules = ['Criteria', 'Outline', 'Items', 'Deficiencies', 'Revisions'];

/** A run while it goes: its modules with their steps as they happen. */
export function LiveView({ id }: { id: string }) {
  const [progress, setProgress] = useState(nothing);
  const [why, setWhy] = useState<string | null>(null);
  const run = useAnswer<'resource'>(`./runs/${id}`);
  useEffect(() => {
    const leaving = new AbortController();
    const follow = async () => {
      for await (const event of eventsOfRun(id, leaving.signal)) setProgress((now) => after(now, event));
    };
    follow().catch((error: Error) => setWhy(error.message));
    return () => leaving.abort();
  }, [id]);
  const { end, finished, working, tokens, cost } = progress;
  const isAtWork = end === null && why === null;
  const isCancelled = end !== null && end !== 'finished' && end.type === cancelled;
  return (
    <>
      <h1>
        {isAtWork
          ? 'The run goes on'
          : end === null
            ? 'The run cannot be watched'
            : end === 'finished'
              ? 'The run has finished'
              : isCancelled
                ? 'The run was cancelled'
                : 'The run has failed'}
      </h1>
      {run.is === 'loaded' && (
        <p class="of" dir="auto">
          {run.value.goal}
        </p>
      )}
      <p class="line" role="status">
        <span class="quiet">run {id}</span>
        <span>{count(finished.length)} steps done</span>
        <span>{count(tokens)} tokens</span>
        <span>cost {money(cost)}</span>
        {isAtWork && <span>{count(working.size)} at work</span>}
      </p>
      {why !== null && (
        <p class="failed" role="alert">
          {why}
        </p>
      )}
      {end !== null && end !== 'finished' && (
        <p class="failed" role="alert">
          {end.title}: {end.detail}
        </p>
      )}
      <p class="line">
        {progress.waits && isAtWork && (
          <a class="button" href={ofRun(id, 'review')}>
            It waits for a review: decide
          </a>
        )}
        {isAtWork ? (
          // What has ended in the meantime is not to be deleted instead.
          <Ask id={id} method="DELETE" path="?only=cancel" text="Cancel the run" />
        ) : (
          <a class="button" href={ofRun(id, 'plan')}>
            {end === 'finished' ? 'Read the plan' : 'See what there is'}
          </a>
        )}
        {end !== null && end !== 'finished' && (
          <Ask
            id={id}
            method="POST"
            path="/resume"
            text={isCancelled ? 'Go on from where it was' : 'Go on from where it failed'}
            then={() => location.reload()}
          />
        )}
      </p>
      <ol class="modules">
        {modules.map((title, index) => (
          <Module
            key={title}
            number={index + 1}
            title={title}
            progress={progress}
            isDone={progress.modules.has(index + 1)}
          />
        ))}
      </ol>
    </>
  );
}

function Module({
  number,
  title,
  progress,
  isDone,
}: {
  number: number;
  title: string;
  progress: Progress;
  isDone: boolean;
}) {
  const working = [...progress.working.values()].filter(({ module }) => module === number);
  const done = progress.finished.filter(({ module }) => module === number);
  return (
    <li class={isDone ? 'done' : working.length > 0 ? 'working' : ''}>
      <h2>
        {number}. {title}{' '}
        <span class="quiet">{isDone ? 'done' : working.length > 0 ? 'at work' : 'to come'}</span>
      </h2>
      {done.length > shownSteps && <p class="quiet">{count(done.length - shownSteps)} steps before these</p>}
      <ul>
        {done.slice(-shownSteps).map((step) => (
          <li key={nameOf(step)} class={step.failed ? 'bad' : undefined}>
            {step.step} {aboutOf(step)} <span class="quiet">{step.agent_name}</span>: {step.summary}{' '}
            <span class="quiet">{duration(step.duration_ms)}</span>
          </li>
        ))}
        {working.map((step) => (
          <li key={nameOf(step)} class="quiet">
            {step.step} {aboutOf(step)} {step.agent_name} …
          </li>
        ))}
      </ul>
    </li>
  );
}

/** A button that asks the server to do something with the run, and says what came of it. */
export function Ask({
  id,
  method,
  path = '',
  text,
  confirm,
  then,
}: {
  id: string;
  method: 'DELETE' | 'POST';
  path?: string;
  text: string;
  /** What is asked before. */
  confirm?: string;
  then?: () => void;
}) {
  const [said, setSaid] = useState('');
  const ask = async () => {
    if (confirm !== undefined && !globalThis.confirm(confirm)) return;
    setSaid('asked …');
    try {
      await send(`./runs/${id}${path}`, {
        method,
        ...(method === 'POST' && { headers: { 'content-type': 'application/json' }, body: '{}' }),
      });
      setSaid('');
      then?.();
    } catch (error) {
      setSaid((error as Error).message);
    }
  };
  return (
    <>
      <button type="button" onClick={() => void ask()}>
        {text}
      </button>
      <span role="status">{said}</span>
    </>
  );
}
