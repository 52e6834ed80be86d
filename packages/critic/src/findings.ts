import { findings as faultsOf, matches } from '@agento/contracts';
import Type, { type Static } from 'typebox';

/** What an audit found in a run, with the texts that show it. */
export const AuditFinding = Type.Object({
  rule: Type.String({ minLength: 1, maxLength: 200 }),
  severity: Type.String({ minLength: 1, maxLength: 40 }),
  /** The question that the rule answers. */
  question: Type.String({ maxLength: 2_000 }),
  run_id: Type.String({ maxLength: 200 }),
  span_id: Type.String({ maxLength: 32 }),
  texts: Type.Array(Type.String()),
  measure: Type.Union([Type.Number(), Type.Null()]),
});
export type AuditFinding = Static<typeof AuditFinding>;

/** Findings that cannot be read; `problems` says why, in words. */
export class FindingsError extends Error {
  override name = 'FindingsError';
  readonly problems: string[];
  constructor(problems: string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** Reads findings from JSON: a list of them, or an object with the list as `findings`. @throws FindingsError */
export function readFindings(text: string): AuditFinding[] {
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
    matches(AuditFinding, entry)
      ? []
      : faultsOf(AuditFinding, entry).map(({ pointer, detail }) => `/${index}${pointer}: ${detail}`),
  );
  if (problems.length > 0) throw new FindingsError(problems.slice(0, 20));
  return list as AuditFinding[];
}
