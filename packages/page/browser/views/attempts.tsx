import { diffWords } from 'diff';
import { useMemo } from 'preact/hooks';
import type { EvidenceOfRun } from '../api.ts';
import { score } from '../figures.ts';
import { doors } from '../parts/page-view.tsx';
import { withQuery } from '../route.ts';
import type { OfRun } from './run.tsx';

type Item = EvidenceOfRun['items'][number];
type ItemText = Item['texts'][number];

/** Each item that was revised: what was asked, then the texts side by side, and what was said of each. */
export function AttemptsView({ run, route }: OfRun) {
  const revised = run.items.filter(
    ({ id, texts }) => texts.length > 1 || run.requests.some((one) => one.item_id === id),
  );
  if (revised.length === 0) return <p>No item was revised in this run.</p>;
  return (
    <>
      {revised.map((item) => (
        <section class="revision" key={item.id}>
          <h2>
            {doors(item.id, route)} {item.title}
          </h2>
          {run.requests
            .filter(({ item_id }) => item_id === item.id)
            .map((request) => (
              <Request key={request.id} request={request} route={route} />
            ))}
          <div class="texts">
            {item.texts.map((text, index) => (
              <Text key={text.id} text={text} before={item.texts[index - 1]} run={run} route={route} />
            ))}
          </div>
        </section>
      ))}
    </>
  );
}

function Request({ request, route }: { request: EvidenceOfRun['requests'][number]; route: OfRun['route'] }) {
  const { approval } = request;
  return (
    <div class="request">
      <p>
        <strong>Asked:</strong> {request.text}
      </p>
      <p class="quiet">
        {doors(`${request.id}, for ${request.targeted_criteria.join(', ') || 'no criterion'}`, route)}
        {approval === null
          ? '; nobody decided on it'
          : `; ${approval.approved ? 'approved' : 'rejected'} by ${approval.agent}: ${approval.reasoning ?? 'no reason recorded'}`}
      </p>
    </div>
  );
}

function Text({
  text,
  before,
  run,
  route,
}: {
  text: ItemText;
  before: ItemText | undefined;
  run: OfRun['run'];
  route: OfRun['route'];
}) {
  const suggestions = run.suggestions.filter(
    ({ item_id, attempt }) => item_id === text.item_id && attempt === text.attempt,
  );
  return (
    <article class={text.is_final ? 'text final' : 'text'}>
      <h3>
        {text.attempt === 0 ? 'Original' : `Attempt ${text.attempt}`}
        {text.is_final && <span class="outcome good"> in the plan</span>}
      </h3>
      <p class="quiet">
        {doors(text.id, route)} by {text.agent}
        {text.judged_by !== null && (
          <>
            , score{' '}
            <a href={withQuery(route, { show: text.judged_by, why: undefined, text: undefined })}>
              {score(text.score)}
            </a>
          </>
        )}
        {text.meets_criteria !== null &&
          (text.meets_criteria ? ', meets its criteria' : ', falls short of its criteria')}
      </p>
      <Words before={before?.text.value ?? null} now={text.text.value} />
      {suggestions.length > 0 && (
        <>
          <h4>Suggestions for it</h4>
          <ul>
            {suggestions.map((one) => (
              <li key={one.id}>
                {one.text}{' '}
                <span class="quiet">
                  {doors(one.id, route)}: {one.status ?? 'not followed up'}
                </span>
                {one.evidence && <blockquote>{one.evidence}</blockquote>}
              </li>
            ))}
          </ul>
        </>
      )}
    </article>
  );
}

/** Words that may be new or gone: beyond, comparing takes long, and nearly all would be marked. */
const mostEdits = 600;

/** The text, with what is new in it and what is gone marked. */
function Words({ before, now }: { before: string | null; now: string | null }) {
  const parts = useMemo(
    () =>
      before === null || now === null
        ? null
        : (diffWords(before, now, { maxEditLength: mostEdits }) ?? 'another text'),
    [before, now],
  );
  if (now === null) return <p class="quiet">Its text was not recorded.</p>;
  if (parts === 'another text')
    return (
      <>
        <p class="quiet">Little of the text before is left: the words that changed are not marked.</p>
        <p class="words">{now}</p>
      </>
    );
  if (parts === null) return <p class="words">{now}</p>;
  return (
    <p class="words">
      {parts.map(({ value, added, removed }, index) =>
        added ? <ins key={index}>{value}</ins> : removed ? <del key={index}>{value}</del> : value,
      )}
    </p>
  );
}
