import type { ComponentChildren } from 'preact';
import type { Loaded } from '../api.ts';

/** What was asked for once it is there; until then that it is coming, or why it is not. */
export function Await<T>({
  of,
  what,
  children,
}: {
  of: Loaded<T>;
  what: string;
  children: (value: T) => ComponentChildren;
}) {
  if (of.is === 'loading')
    return (
      <p class="waiting" role="status">
        Reading {what} …
      </p>
    );
  if (of.is === 'failed')
    return (
      <p class="failed" role="alert">
        {of.why}
      </p>
    );
  return <>{children(of.value)}</>;
}
