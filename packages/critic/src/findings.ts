import { findings as faultsOf, matches } from '@agento/contracts';
import { Finding } from '@agento/evidence';

/** Findings that cannot be read; `problems` says why, in words. */
export class FindingsError extends Error {
  override name = 'FindingsError';
  readonly problems: string[];
  constructor(problems: string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** Reads findings from JSON: a list of them, or an object with the list as `findings`, as `agento audit --json` writes it. @throws FindingsError */
export function readFindings(text: string): Finding[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new FindingsError([`this is no JSON: ${(error as Error).message}`]);
  }
  const list = Array.isArray(value) ? value : (value as { findings?: unknown } | null)?.findings;
  if (!Array.isArray(list))
    throw new FindingsError(['it must be a list of findings, or have one as findings']);
  const problems = list.flatMap((entry: unknown, index) =>
    matches(Finding, entry)
      ? []
      : faultsOf(Finding, entry).map(({ pointer, detail }) => `/${index}${pointer}: ${detail}`),
  );
  if (problems.length > 0) throw new FindingsError(problems.slice(0, 20));
  return list as Finding[];
}
