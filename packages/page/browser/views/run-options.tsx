import type { NewRunBody } from '../start-run.ts';
import { modules } from './live.tsx';

/** What can be asked of a run, as it stands in its fields: an empty one asks for nothing. */
export interface Options {
  isReviewed: boolean;
  stopAfter: string;
  session: string;
  usd: string;
  tokens: string;
  calls: string;
  seconds: string;
}

export const usualOptions: Options = {
  isReviewed: false,
  stopAfter: '',
  session: '',
  usd: '',
  tokens: '',
  calls: '',
  seconds: '',
};

/** The bounds are those of the contract; the browser holds to them. */
const bounds = [
  { name: 'usd', label: 'At most so many US dollars', min: '0.0001', step: 'any' },
  { name: 'tokens', label: 'At most so many tokens, read and written', min: '1', step: '1' },
  { name: 'calls', label: 'At most so many calls of the model', min: '1', step: '1' },
  { name: 'seconds', label: 'At most so many seconds', min: '1', max: '86400', step: '1' },
] as const;

/** The body of the request: of the options only what somebody asked for. */
export function bodyOf(goal: string, context: string, options: Options): NewRunBody {
  const given = bounds.filter(({ name }) => options[name] !== '');
  return {
    goal,
    ...(context.trim() !== '' && { context }),
    ...(options.session !== '' && { session_id: options.session }),
    ...(options.stopAfter !== '' && { stop_after: Number(options.stopAfter) }),
    ...(options.isReviewed && options.stopAfter === '' && { review: 'revisions' }),
    ...(given.length > 0 && {
      limits: Object.fromEntries(given.map(({ name }) => [name, Number(options[name])])),
    }),
  };
}

/** The options of a run, each a field. */
export function RunOptions({
  options,
  onChange,
}: {
  options: Options;
  onChange: (options: Options) => void;
}) {
  const change = (part: Partial<Options>) => onChange({ ...options, ...part });
  return (
    <>
      <label>
        How far it goes{' '}
        <select
          value={options.stopAfter}
          onChange={(event) => change({ stopAfter: event.currentTarget.value })}
        >
          <option value="">to the finished plan</option>
          {modules.slice(0, -1).map((title, index) => (
            <option key={title} value={index + 1}>
              stop after {index + 1}. {title}
            </option>
          ))}
        </select>
      </label>
      <label>
        <input
          type="checkbox"
          checked={options.isReviewed && options.stopAfter === ''}
          disabled={options.stopAfter !== ''}
          onChange={(event) => change({ isReviewed: event.currentTarget.checked })}
        />{' '}
        wait before revising, until somebody has decided about each request
      </label>
      {bounds.map(({ name, label, ...bound }) => (
        <label key={name}>
          {label}{' '}
          <input
            type="number"
            {...bound}
            value={options[name]}
            onInput={(event) => change({ [name]: event.currentTarget.value })}
          />
        </label>
      ))}
      <label>
        Session: a name that several runs have in common{' '}
        <input
          maxLength={256}
          value={options.session}
          onInput={(event) => change({ session: event.currentTarget.value })}
        />
      </label>
    </>
  );
}
