import { useState } from 'preact/hooks';
import { ofRun } from '../parts/page-view.tsx';
import { send } from '../send.ts';

/** Starts a run, and goes to where it is watched. */
export function NewRun() {
  const [goal, setGoal] = useState('');
  const [context, setContext] = useState('');
  const [most, setMost] = useState('');
  const [isReviewed, setReviewed] = useState(false);
  const [said, setSaid] = useState('');
  const start = async () => {
    setSaid('starting …');
    try {
      const answer = await send('./run', {
        method: 'POST',
        headers: { 'content-type': 'application/json', prefer: 'respond-async' },
        body: JSON.stringify({
          goal,
          ...(context.trim() !== '' && { context }),
          ...(isReviewed && { review: 'revisions' }),
          ...(most !== '' && { limits: { usd: Number(most) } }),
        }),
      });
      const { run_id } = (await answer.json()) as { run_id: string };
      location.hash = ofRun(run_id, 'live');
    } catch (error) {
      setSaid((error as Error).message);
    }
  };
  return (
    <form
      class="new-run"
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
    >
      <label>
        Goal
        <textarea
          required
          rows={2}
          value={goal}
          placeholder="What is to be planned"
          onInput={(event) => setGoal(event.currentTarget.value)}
        />
      </label>
      <details>
        <summary>Background, review and limits</summary>
        <label>
          Background: what the planners should know
          <textarea rows={6} value={context} onInput={(event) => setContext(event.currentTarget.value)} />
        </label>
        <label>
          or from a text file{' '}
          <input
            type="file"
            accept="text/*,.md"
            onChange={(event) => void event.currentTarget.files?.[0]?.text().then(setContext)}
          />
        </label>
        <label>
          <input
            type="checkbox"
            checked={isReviewed}
            onChange={(event) => setReviewed(event.currentTarget.checked)}
          />{' '}
          wait before revising, until somebody has decided about each request
        </label>
        <label>
          At most so many US dollars{' '}
          <input
            type="number"
            min="0.01"
            step="0.01"
            value={most}
            onInput={(event) => setMost(event.currentTarget.value)}
          />
        </label>
      </details>
      <p class="line">
        <button type="submit">Start the run</button>
        <span role="status">{said}</span>
      </p>
    </form>
  );
}
