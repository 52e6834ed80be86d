import { limits } from '@agento/contracts/limits';
import { useRef, useState } from 'preact/hooks';
import { BoundedText } from '../parts/bounded-text.tsx';
import { ofRun } from '../parts/page-view.tsx';
import { TextFile } from '../parts/text-file.tsx';
import { runStarter } from '../start-run.ts';
import { bodyOf, RunOptions, usualOptions } from './run-options.tsx';

/** Starts a run, and goes to where it is watched; `expected` says what it will cost. */
export function NewRun({ expected }: { expected: string }) {
  const [goal, setGoal] = useState('');
  const [context, setContext] = useState('');
  const [options, setOptions] = useState(usualOptions);
  const [said, setSaid] = useState('');
  const [isSending, setSending] = useState(false);
  const startRun = useRef(runStarter());
  const start = async () => {
    setSending(true);
    setSaid('starting …');
    try {
      location.hash = ofRun(await startRun.current(bodyOf(goal, context, options)), 'live');
    } catch (error) {
      setSaid((error as Error).message);
    } finally {
      setSending(false);
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
        <TextFile label="or from a text file" most={limits.context} onText={setContext} />
        <RunOptions options={options} onChange={setOptions} />
      </details>
      <p class="quiet">{expected}</p>
      <p class="line">
        <button type="submit" disabled={isSending}>
          Start the run
        </button>
        <span role="status">{said}</span>
      </p>
    </form>
  );
}
