import { useAnswer } from '../api.ts';
import { Await } from '../parts/loaded.tsx';
import { ofRun, PageView } from '../parts/page-view.tsx';
import { Panel } from '../parts/panel.tsx';
import { addressOf, type Route } from '../route.ts';

/**
 * Two runs against each other, or two attempts at one (`with_attempt` before, `attempt` now): the first decision that
 * went another way, and what followed from it.
 */
export function CompareView({ before, now, route }: { before: string; now: string; route: Route }) {
  const attempt = route.query.get('attempt') ?? undefined;
  const earlier = route.query.get('with_attempt') ?? undefined;
  const asked = new URLSearchParams({
    with: before,
    ...(attempt !== undefined && { attempt }),
    ...(earlier !== undefined && { with_attempt: earlier }),
  });
  const answer = useAnswer<'comparison'>(`./runs/${now}/evidence/compare?${asked}`);
  const named = (id: string, of: string | undefined) =>
    `${id.slice(0, 8)}${of === undefined ? '' : `, attempt ${of}`}`;
  return (
    <>
      <h1>Two runs compared</h1>
      <p class="line">
        <a href={ofRun(before, 'plan', { attempt: earlier })}>before: {named(before, earlier)}</a>
        <a href={ofRun(now, 'plan', { attempt })}>now: {named(now, attempt)}</a>
        <a href={addressOf(['compare', now, before], { attempt: earlier, with_attempt: attempt })}>
          the other way round
        </a>
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
