import { type Route, withQuery } from '../route.ts';

const usual = 50;
const choices = [10, 20, usual, 100];

/** Over how many of the newest runs a view is, as the address has it. */
export function runsOf({ query }: Route): number {
  const asked = Number(query.get('runs'));
  return choices.includes(asked) ? asked : usual;
}

export function HowMany({ route }: { route: Route }) {
  return (
    <label>
      The last{' '}
      <select
        value={runsOf(route)}
        onChange={({ currentTarget: { value } }) =>
          location.replace(withQuery(route, { runs: Number(value) === usual ? undefined : value }))
        }
      >
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {choice} runs
          </option>
        ))}
      </select>
    </label>
  );
}
