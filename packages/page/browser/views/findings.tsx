import { useAnswer } from '../api.ts';
import { Await } from '../parts/loaded.tsx';
import { PageView } from '../parts/page-view.tsx';
import type { OfRun } from './run.tsx';

/** What the rules of the audit find in this run, each finding with a way to its place. */
export function FindingsView({ run, route }: OfRun) {
  const answer = useAnswer<'shown'>(`./runs/${run.run_id}/evidence/findings?attempt=${run.run_attempt}`);
  return (
    <Await of={answer} what="what the audit finds">
      {({ page }) => <PageView page={page} route={route} />}
    </Await>
  );
}
