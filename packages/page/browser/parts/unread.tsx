import type { Unread } from '@agento/evidence';

/** The traces that could not be read, with the reasons: what a view says is said without them. */
export function UnreadTraces({ unread }: { unread: Unread[] }) {
  if (unread.length === 0) return null;
  return (
    <details class="odd">
      <summary>Not read: {unread.length}</summary>
      <ul>
        {unread.map(({ source, why }) => (
          <li key={source}>
            {source}: {why}
          </li>
        ))}
      </ul>
    </details>
  );
}
