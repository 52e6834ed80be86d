import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { useAnswer } from '../api.ts';
import { type Route, withQuery } from '../route.ts';
import { Await } from './loaded.tsx';
import { PageView } from './page-view.tsx';
import { WholeSpanView } from './whole-span.tsx';

/** Links back that a chain shows until somebody wants more: as many as on a terminal. */
const firstDepth = 3;

/**
 * Beside the view: what was opened by a door, as the address has it (`show`, `why`, `text`; `back`: how far a chain is
 * shown); nothing if none was.
 */
export function Panel({ id, route }: { id: string; route: Route }) {
  const { query } = route;
  const [show, why, text] = [query.get('show'), query.get('why'), query.get('text')];
  const isOpen = show !== null || why !== null || text !== null;
  // Before the panel takes the focus: whoever closes it goes on where they were.
  useLayoutEffect(() => {
    const before = document.activeElement;
    if (!isOpen || !(before instanceof HTMLElement)) return;
    return () => {
      if (document.activeElement === document.body && before.isConnected) before.focus();
    };
  }, [isOpen]);
  if (!isOpen) return null;
  const attempt = query.get('attempt');
  const depth = query.get('back') ?? String(firstDepth);
  const asked = new URLSearchParams({
    ...(attempt !== null && { attempt }),
    ...((show ?? why) !== null && { what: show ?? why ?? '' }),
    ...(show === null && text !== null && { text }),
    ...(show === null && { depth }),
  });
  const path = `./runs/${id}/evidence/${show === null ? 'why' : 'show'}?${asked}`;
  return (
    <Opened
      key={path}
      run={id}
      path={path}
      what={show ?? why ?? undefined}
      isShown={show !== null}
      depth={Number(depth)}
      route={route}
    />
  );
}

const spanId = /^[0-9a-f]{16}$/;

function Opened({
  run,
  path,
  what,
  isShown,
  depth,
  route,
}: {
  run: string;
  path: string;
  what: string | undefined;
  isShown: boolean;
  /** How far a chain is shown; not a number for all of it. */
  depth: number;
  route: Route;
}) {
  const answer = useAnswer<'shown'>(path);
  const isSpan = isShown && what !== undefined && spanId.test(what);
  const panel = useRef<HTMLElement>(null);
  const closed = withQuery(route, { show: undefined, why: undefined, text: undefined, back: undefined });
  useEffect(() => panel.current?.focus(), []);
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape') location.hash = closed;
  };
  return (
    <aside
      class="panel"
      aria-label={isShown ? 'Evidence' : 'Why'}
      tabIndex={-1}
      ref={panel}
      onKeyDown={onKey}
    >
      <nav aria-label="Of this evidence">
        {what !== undefined && isShown && (
          <a
            class="button"
            href={withQuery(route, { show: undefined, why: what, text: undefined, back: undefined })}
          >
            Why?
          </a>
        )}
        {what !== undefined && !isShown && (
          <a class="button" href={withQuery(route, { show: what, why: undefined, text: undefined })}>
            Show {what}
          </a>
        )}
        <a class="button" href={closed}>
          Close
        </a>
      </nav>
      {/* Only steps and calls have more to say than what was recorded of them. */}
      {isSpan && answer.is === 'failed' ? null : (
        <Await of={answer} what="the evidence">
          {({ page, data }) => (
            <>
              <PageView page={page} route={route} />
              {!isShown && Number(data.links_left_out) > 0 && (
                <p class="line">
                  <a class="button" href={withQuery(route, { back: String(depth + 1) })}>
                    One step further
                  </a>
                  <a class="button" href={withQuery(route, { back: 'all' })}>
                    All the way
                  </a>
                </p>
              )}
            </>
          )}
        </Await>
      )}
      {isSpan && what !== undefined && <WholeSpanView run={run} id={what} route={route} />}
    </aside>
  );
}
