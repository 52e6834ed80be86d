import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import type { SpanRow } from '../api.ts';
import { SearchField } from '../parts/search-field.tsx';
import { type Route, withQuery } from '../route.ts';
import { type Filters, noFilters } from './timeline-filters.ts';

/** The filters of the timeline, which the address keeps; `children` is what else can be done with the tree. */
export function TimelineForm({
  spans,
  filters,
  route,
  children,
}: {
  spans: SpanRow[];
  filters: Filters;
  route: Route;
  children: ComponentChildren;
}) {
  const change = (part: Partial<Record<keyof Filters, string | undefined>>) => {
    location.replace(withQuery(route, part));
  };
  const isAny = Object.keys(noFilters).some((name) => route.query.has(name));
  const choices = useMemo(
    () => ({
      module: valuesOf(spans, 'module'),
      agent: valuesOf(spans, 'agent'),
      item: valuesOf(spans, 'item'),
    }),
    [spans],
  );
  const select = (name: 'module' | 'agent' | 'item', title: string) => (
    <label>
      {title}{' '}
      <select
        value={String(filters[name] ?? '')}
        onChange={(event) => change({ [name]: event.currentTarget.value || undefined })}
      >
        <option value="">any</option>
        {choices[name].map((value) => (
          <option key={value} value={value}>
            {value}
          </option>
        ))}
      </select>
    </label>
  );
  const number = (name: 'slow' | 'depth', before: string, after: string, step: string) => (
    <label>
      {before}{' '}
      <input
        type="number"
        class="short"
        min={name === 'depth' ? 1 : 0}
        step={step}
        value={String(filters[name] ?? '')}
        onChange={(event) => change({ [name]: event.currentTarget.value || undefined })}
      />{' '}
      {after}
    </label>
  );
  const check = (name: 'errors' | 'critical' | 'requests', title: string) => (
    <label>
      <input
        type="checkbox"
        checked={filters[name]}
        onChange={(event) => change({ [name]: event.currentTarget.checked ? 'yes' : undefined })}
      />{' '}
      {title}
    </label>
  );
  return (
    <form class="filters" aria-label="Filters of the timeline" onSubmit={(event) => event.preventDefault()}>
      <SearchField
        label="Find"
        value={filters.find}
        placeholder="span, agent or item"
        onSettled={(text) => change({ find: text || undefined })}
      />
      {select('module', 'Module')}
      {select('agent', 'Agent')}
      {select('item', 'Item')}
      {number('slow', 'took at least', 's', 'any')}
      {number('depth', 'unfolded to level', '', '1')}
      {check('errors', 'only what failed')}
      {check('critical', 'only what the run waited for')}
      {check('requests', 'requests between services, too')}
      {isAny && (
        <button type="button" onClick={() => change(noFilters)}>
          Clear all
        </button>
      )}
      {children}
    </form>
  );
}

/** What the spans have of it, in the order of people: p2 before p10. */
function valuesOf(spans: SpanRow[], name: 'module' | 'agent' | 'item'): string[] {
  const values = new Set(spans.map((span) => String(span[name] ?? '')));
  values.delete('');
  return [...values].sort((one, other) => one.localeCompare(other, 'en', { numeric: true }));
}
