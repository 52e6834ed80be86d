import { setTimeout as delay } from 'node:timers/promises';
import { loadTrace, validate } from '@agento/evidence';

/** How long spans may take from the services to the receiver after all runs are settled, in milliseconds. */
const onTheWayMs = 15_000;

/** What the validator finds in the traces of whole runs, each with its run; looks again while spans may be on the way. */
export async function findingsOf(
  runs: readonly { runId: string; traceId: string }[],
  dataDir: string,
): Promise<string[]> {
  const until = Date.now() + onTheWayMs;
  let open = [...runs];
  for (;;) {
    const found: string[] = [];
    const failing: typeof open = [];
    for (const run of open) {
      const inThis = await check(run.traceId, dataDir);
      if (inThis.length === 0) continue;
      failing.push(run);
      found.push(...inThis.map((text) => `run ${run.runId}, trace ${run.traceId}: ${text}`));
    }
    if (failing.length === 0 || Date.now() > until) return found;
    open = failing;
    await delay(500);
  }
}

async function check(traceId: string, dataDir: string): Promise<string[]> {
  try {
    const findings = validate(await loadTrace(traceId, { dataDir }), { complete: true });
    return findings.map(
      ({ rule, module, execution, span_name, detail }) =>
        `${rule}, module ${module}${execution === undefined ? '' : `, execution ${execution}`}, ${span_name}: ${detail}`,
    );
  } catch (error) {
    return [(error as Error).message];
  }
}
