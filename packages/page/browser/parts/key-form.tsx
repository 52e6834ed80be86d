import { useEffect, useState } from 'preact/hooks';
import { keepKey, whenKeyIsAsked } from '../send.ts';

/** Asks for a key once the server wants one, and begins again with it. */
export function KeyForm() {
  const [asked, setAsked] = useState<{ isWrong: boolean } | null>(null);
  const [key, setKey] = useState('');
  useEffect(() => whenKeyIsAsked((isWrong) => setAsked({ isWrong })), []);
  if (asked === null) return null;
  return (
    <form
      class="key"
      onSubmit={(event) => {
        event.preventDefault();
        keepKey(key.trim());
        location.reload();
      }}
    >
      {asked.isWrong && (
        <p class="failed" role="alert">
          The key that was given is none of this server's.
        </p>
      )}
      <label>
        This server asks for a key (one of AGENTO_API_KEYS); it is kept until this tab is closed.{' '}
        <input
          type="password"
          autocomplete="off"
          required
          value={key}
          onInput={(event) => setKey(event.currentTarget.value)}
        />
      </label>{' '}
      <button type="submit">Use it</button>
    </form>
  );
}
