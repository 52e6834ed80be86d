import { limits } from '@agento/contracts/limits';
import { useState } from 'preact/hooks';
import { BoundedText } from '../parts/bounded-text.tsx';
import { ofRun } from '../parts/page-view.tsx';
import { send } from '../send.ts';

/** Starts a run, and goes to where it is watched; `expected` says what it will cost. */
export function NewRun({ expected }: { expected: string }) {
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
      <BoundedText
        label="Goal"
        isNeeded
        rows={2}
        value={goal}
        most={limits.goal}
        placeholder="What is to be planned"
        onInput={setGoal}
      />
      {/* A field that is wrong is shown, or the browser would refuse the form without a word. */}
      <details
        onInvalidCapture={(event) => {
          event.currentTarget.open = true;
        }}
      >
        <summary>Background, review and limits</summary>
        <BoundedText
          label="Background: what the planners should know"
          rows={6}
          value={context}
          most={limits.context}
          onInput={setContext}
        />
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
      <p class="quiet">{expected}</p>
      <p class="line">
        <button type="submit">Start the run</button>
        <span role="status">{said}</span>
      </p>
    </form>
  );
}
