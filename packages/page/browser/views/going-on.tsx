import { useEffect, useRef, useState } from 'preact/hooks';
import type { RunResource } from '../api.ts';
import { goalText } from '../figures.ts';
import { ofRun } from '../parts/page-view.tsx';
import { send } from '../send.ts';

/** How often the runs that go on are looked at, in milliseconds. */
const pause = 2_000;

/** The runs that go on, or wait for their turn; `onEnd` is told when one of them is no longer among them. */
export function GoingOn({ onEnd }: { onEnd: () => void }) {
  const [runs, setRuns] = useState<RunResource[]>([]);
  const before = useRef<string[]>([]);
  useEffect(() => {
    let isHere = true;
    const look = async () => {
      const found = await Promise.all(['waiting_for_review', 'running', 'queued'].map(runsThatAre));
      if (!isHere) return;
      const now = found.flat();
      const ids = now.map(({ run_id }) => run_id);
      if (before.current.some((id) => !ids.includes(id))) onEnd();
      before.current = ids;
      setRuns(now);
    };
    const repeat = async () => {
      while (isHere) {
        // What cannot be asked now is asked again.
        await look().catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    };
    void repeat();
    return () => {
      isHere = false;
    };
  }, []);
  if (runs.length === 0) return null;
  return (
    <section>
      <h2>Going on</h2>
      <ul class="entries">
        {runs.map(({ run_id, goal, state }) => (
          <li key={run_id}>
            <a href={ofRun(run_id, state === 'waiting_for_review' ? 'review' : 'live')}>{goalText(goal)}</a>{' '}
            <span class="quiet">{state.replaceAll('_', ' ')}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

async function runsThatAre(state: string): Promise<RunResource[]> {
  const answer = await send(`./runs?state=${state}&limit=100`);
  return ((await answer.json()) as { runs: RunResource[] }).runs;
}
