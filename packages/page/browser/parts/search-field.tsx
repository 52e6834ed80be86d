import { useEffect, useRef, useState } from 'preact/hooks';

/** How long nothing more is typed before it is looked for, in milliseconds. */
const pause = 150;

/**
 * A field that holds what is typed while the page is busy, and tells it after a pause.
 *
 * @param value what is looked for, as the address has it
 */
export function SearchField({
  label,
  value,
  placeholder,
  onSettled,
}: {
  label: string;
  value: string;
  placeholder: string;
  onSettled: (text: string) => void;
}) {
  const [text, setText] = useState(value);
  const told = useRef(value);
  const settled = useRef(onSettled);
  settled.current = onSettled;
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    // What the field told itself may be older by now than what stands in it.
    if (value === told.current) return;
    clearTimeout(timer.current);
    told.current = value;
    setText(value);
  }, [value]);
  return (
    <label>
      {label}{' '}
      <input
        type="search"
        value={text}
        placeholder={placeholder}
        onInput={({ currentTarget }) => {
          const typed = currentTarget.value;
          setText(typed);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => {
            told.current = typed;
            settled.current(typed);
          }, pause);
        }}
      />
    </label>
  );
}
