import type { ComponentChildren } from 'preact';
import type { Page } from '../api.ts';
import { addressOf, type Route, withQuery } from '../route.ts';
import { Wide } from './wide.tsx';

type Block = Page[number];

/** What the command line prints of a run, with each id in it a door to what it names. */
export function PageView({ page, route }: { page: Page; route: Route }) {
  return (
    <div class="page-view">
      {page.map((block, index) => (
        <BlockView key={index} block={block} route={route} />
      ))}
    </div>
  );
}

function BlockView({ block, route }: { block: Block; route: Route }) {
  switch (block.is) {
    case 'title':
      return <h2>{doors(block.text, route)}</h2>;
    case 'heading':
      return <h3>{block.text}</h3>;
    case 'facts':
      return (
        <dl class="facts">
          {block.facts.map(([name, value]) =>
            value ? (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{doors(value, route)}</dd>
              </div>
            ) : null,
          )}
        </dl>
      );
    case 'prose':
      return <p>{doors(block.text, route)}</p>;
    case 'verbatim':
      return (
        <details open={block.text.length < 4_000}>
          <summary>
            {block.name} <span class="quiet">{block.text.length.toLocaleString('en')} characters</span>
          </summary>
          <pre>{block.text}</pre>
        </details>
      );
    case 'entries':
      return (
        <ul class="entries">
          {block.entries.map(({ head, body, tone }, index) => (
            <li key={index} class={tone}>
              <div class="head">
                {tone && <span class="tone">{tones[tone]} </span>}
                {doors(head, route)}
              </div>
              {body && <div class="body">{doors(body, route)}</div>}
            </li>
          ))}
        </ul>
      );
    case 'table': {
      const [head = [], ...rows] = block.rows;
      const isNumber = (column: number) => (block.numbers?.includes(column) ? 'number' : undefined);
      return (
        <Wide of="Table">
          <table>
            <thead>
              <tr>
                {head.map((name, column) => (
                  <th key={column} scope="col" class={isNumber(column)}>
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((cells, row) => (
                <tr key={row}>
                  {cells.map((cell, column) => (
                    <td key={column} class={isNumber(column)}>
                      {doors(cell, route)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      );
    }
  }
}

const tones = { good: '✔', bad: '✖', odd: '!' };

/** Span ids, and ids of items, their texts, requests, suggestions, plans and criteria; no part of a run's or a longer id. */
const ids = /(?<![\w-])(?:[0-9a-f]{16}|(?:r-)?p\d+-i\d+(?:-a\d+(?:-s\d+)?)?|[cp]\d{1,3})(?![\w-])/g;

/** The text, each id in it a link that opens beside the view. */
export function doors(text: string, route: Route): ComponentChildren {
  const parts: ComponentChildren[] = [];
  let at = 0;
  for (const { 0: id, index } of text.matchAll(ids)) {
    if (index > at) parts.push(text.slice(at, index));
    parts.push(
      <a key={index} class="door" href={withQuery(route, { show: id, why: undefined, text: undefined })}>
        {id}
      </a>,
    );
    at = index + id.length;
  }
  parts.push(text.slice(at));
  return parts;
}

/** The address of a view of a run. */
export function ofRun(id: string, view: string, query: Record<string, string | undefined> = {}): string {
  return addressOf(['runs', id, view], query);
}
