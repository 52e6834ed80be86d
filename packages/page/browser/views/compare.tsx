import { useAnswer } from '../api.ts';
import { Await } from '../parts/loaded.tsx';
import { ofRun, PageView } from '../parts/page-view.tsx';
import { Panel } from '../parts/panel.tsx';
import { addressOf, type Route } from '../route.ts';

/** Two runs against each other: the first decision that went another way, and what followed from it. */
export function CompareView({ before, now, route }: { before: string; now: string; route: Route }) {
  const answer = useAnswer<'comparison'>(`./runs/${now}/evidence/compare?with=${before}`);
  return (
    <>
      <h1>Two runs compared</h1>
      <p class="line">
        <a href={ofRun(before, 'plan')}>before: {before.slice(0, 8)}</a>
        <a href={ofRun(now, 'plan')}>now: {now.slice(0, 8)}</a>
        <a href={addressOf(['compare', now, before])}>the other way round</a>
      </p>
      <div class="beside">
        <div class="view">
          <Await of={answer} what="both runs">
            {({ page }) => <PageView page={page} route={route} />}
          </Await>
        </div>
        <Panel id={now} route={route} />
      </div>
    </>
  );
}
