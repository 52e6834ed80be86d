import { Document } from '../parts/document.tsx';
import { doors } from '../parts/page-view.tsx';
import { withQuery } from '../route.ts';
import type { OfRun } from './run.tsx';

/** The plan as a document: each sentence, criterion and item leads to why it stands there. */
export function PlanView({ run, route }: OfRun) {
  const chosen = run.plans.find((plan) => plan.is_selected);
  const criteria = run.criteria.filter((criterion) => criterion.is_selected);
  const why = (id: string, text?: string) => withQuery(route, { why: id, text, show: undefined });
  if (!chosen && criteria.length === 0) {
    return <p>This run came to no plan. The timeline shows how far it came.</p>;
  }
  return (
    <article>
      <p class="hint">Any sentence answers when clicked: who wrote it, told by whom, chosen over what.</p>
      {chosen && (
        <>
          <h2>
            <a class="sentence" href={why(chosen.id)}>
              {chosen.title ?? `Plan ${chosen.id}`}
            </a>
          </h2>
          {chosen.description && <p>{chosen.description}</p>}
        </>
      )}
      {criteria.length > 0 && (
        <section>
          <h3>What success means</h3>
          <ol class="criteria">
            {criteria.map(({ id, text }) => (
              <li key={id}>
                <a class="sentence" href={why(id)}>
                  {text ?? id}
                </a>{' '}
                <span class="quiet">{id}</span>
              </li>
            ))}
          </ol>
        </section>
      )}
      {run.items.map((item, index) => {
        const final = item.texts.find(({ is_final }) => is_final) ?? item.texts.at(-1);
        return (
          <section key={item.id}>
            <h3>
              <a class="sentence" href={why(item.id)}>
                {index + 1}. {item.title ?? item.id}
              </a>
            </h3>
            <p class="quiet">
              {doors(final ? `${final.id} by ${final.agent}` : item.id, route)}
              {final && final.is_final === null && ', the last text: the run did not come to an end'}
              {item.texts.length > 1 && `; ${item.texts.length} texts were written`}
            </p>
            {final?.text.value ? (
              <Document text={final.text.value} door={(sentence) => why(item.id, sentence)} />
            ) : (
              <p class="quiet">Its text was not recorded.</p>
            )}
          </section>
        );
      })}
      {run.quality && (
        <section>
          <h3>How it meets its criteria</h3>
          <p>{run.quality.summary}</p>
          {run.quality.open_issues.length > 0 && (
            <>
              <h4>Open issues</h4>
              <ul>
                {run.quality.open_issues.map((issue) => (
                  <li key={issue}>{issue}</li>
                ))}
              </ul>
            </>
          )}
          <p>{doors(`Judged in span ${run.quality.span_id}.`, route)}</p>
        </section>
      )}
    </article>
  );
}
