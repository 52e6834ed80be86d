import { useEffect, useState } from 'preact/hooks';
import { type Answers, type Loaded, type RunList, useAnswer } from '../api.ts';
import { count } from '../figures.ts';

/** Until what was not read yet is asked for again, in milliseconds; of nothing there is nothing to look at. */
const pause = { ofSome: 1_000, ofNone: 100 };

/** The newest runs, at most so many; asked for again until all of them are read, and whenever `again` is called. */
export function useRuns(most: number): { answer: Loaded<Answers['runs']>; again: () => void } {
  const [times, setTimes] = useState(0);
  const again = () => setTimes((before) => before + 1);
  const answer = useAnswer<'runs'>(`./evidence/runs?limit=${most}`, times);
  useEffect(() => {
    if (answer.is !== 'loaded' || answer.value.is_whole) return;
    const timer = setTimeout(again, answer.value.runs.length > 0 ? pause.ofSome : pause.ofNone);
    return () => clearTimeout(timer);
  }, [answer]);
  return { answer, again };
}

/** That not all of the runs are shown yet, and how many are. */
export function ReadingOn({ of: { runs, is_whole, left_to_read } }: { of: RunList }) {
  if (is_whole) return null;
  const all = left_to_read === null ? undefined : runs.length + left_to_read;
  return (
    <p class="quiet reading-on">
      <progress
        aria-label="Traces that are read"
        max={all}
        value={all === undefined ? undefined : runs.length}
      />{' '}
      {count(runs.length)} runs read
      {left_to_read !== null && `, ${count(left_to_read)} traces to go`}. They come as they are read, the
      newest first.
    </p>
  );
}
