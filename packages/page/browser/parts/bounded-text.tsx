import { useEffect, useId, useRef } from 'preact/hooks';
import { count } from '../figures.ts';

/** A text of several lines that says how long it is, and keeps its form from being sent while it is too long. */
export function BoundedText({
  label,
  value,
  most,
  rows,
  placeholder,
  isNeeded = false,
  onInput,
}: {
  label: string;
  value: string;
  /** In bytes of UTF-8, as the service counts. */
  most: number;
  rows: number;
  placeholder?: string;
  isNeeded?: boolean;
  onInput: (value: string) => void;
}) {
  const field = useRef<HTMLTextAreaElement>(null);
  const size = useId();
  const bytes = new TextEncoder().encode(value).length;
  const wrong =
    bytes > most
      ? `${count(bytes - most)} bytes too long: at most ${count(most)} are taken. Shorten it.`
      : isNeeded && value !== '' && value.trim() === ''
        ? 'There are only blanks here: say what is to be planned.'
        : '';
  useEffect(() => field.current?.setCustomValidity(wrong), [wrong]);
  return (
    <div class="bounded">
      <label>
        {label}
        <textarea
          ref={field}
          required={isNeeded}
          rows={rows}
          value={value}
          placeholder={placeholder}
          aria-describedby={size}
          aria-invalid={wrong !== ''}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      </label>
      <span id={size} class={wrong === '' ? 'quiet' : 'failed'}>
        {count([...value].length)} characters, {count(bytes)} of {count(most)} bytes
        {wrong !== '' && `: ${wrong}`}
      </span>
    </div>
  );
}
