/**
 * Which tests of a folder run: all, unless there is a reason why none can here. The reason is printed as the line by which the
 * gate knows (.ci/run).
 */
export function testsUnless(reason: string | null) {
  if (reason !== null) console.log(`skipped: ${reason}`);
  return { include: reason === null ? ['*.test.ts'] : [], passWithNoTests: reason !== null };
}
