import { useAnswer } from '../api.ts';
import { duration } from '../figures.ts';
import type { Route } from '../route.ts';
import { InJaeger } from './in-jaeger.tsx';
import { Await } from './loaded.tsx';
import { doors } from './page-view.tsx';

/** A span as it was recorded: attributes, events, links both ways. */
export function WholeSpanView({ run, id, route }: { run: string; id: string; route: Route }) {
  const attempt = route.query.get('attempt');
  const answer = useAnswer<'span'>(
    `./runs/${run}/evidence/spans/${id}${attempt ? `?attempt=${attempt}` : ''}`,
  );
  return (
    <section class="whole-span">
      <h2>As recorded</h2>
      <Await of={answer} what="the span">
        {(span) => (
          <>
            <p class="quiet">
              {span.name}, {span.kind.toLowerCase()}, {duration(span.duration_ms)}, status{' '}
              {span.status.code.toLowerCase()} {span.status.message}
              {span.parent_span_id && <>, below {doors(span.parent_span_id, route)}</>}
            </p>
            <p>
              <InJaeger ui={span.jaeger_ui} trace={span.trace_id} span={span.span_id} />
            </p>
            <Values title="Attributes" values={span.attributes} />
            {span.events.map((event, index) => (
              <Values
                key={index}
                title={`Event ${event.name} after ${duration(event.after_ms)}`}
                values={event.attributes}
              />
            ))}
            <Linked title="Links to" links={span.links} route={route} />
            <Linked title="Linked from" links={span.linked_from} route={route} />
          </>
        )}
      </Await>
    </section>
  );
}

function Values({ title, values }: { title: string; values: Record<string, unknown> }) {
  const entries = Object.entries(values).sort(([one], [other]) => (one < other ? -1 : 1));
  if (entries.length === 0) return null;
  return (
    <details>
      <summary>
        {title} <span class="quiet">{entries.length}</span>
      </summary>
      <dl class="values">
        {entries.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function Linked({
  title,
  links,
  route,
}: {
  title: string;
  links: { span_id: string; attributes: Record<string, unknown> }[];
  route: Route;
}) {
  if (links.length === 0) return null;
  return (
    <details open>
      <summary>
        {title} <span class="quiet">{links.length}</span>
      </summary>
      <ul>
        {links.map(({ span_id, attributes }) => (
          <li key={`${span_id} ${JSON.stringify(attributes)}`}>
            {doors(span_id, route)}{' '}
            <span class="quiet">
              {Object.entries(attributes)
                .map(([name, value]) => `${name} ${String(value)}`)
                .join(', ')}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
