import { loadTrace } from '@agento/evidence';
import { attribute } from '@agento/tracing';
import type { LateRequest } from './ledger.ts';
import type { KnownRun } from './runs.ts';

/**
 * Parts late requests from those that were under way: a process may be frozen between the beginning of a call and its first
 * byte, and somebody else records the answer before it wakes. Nobody can call that back. Its span tells: it had begun
 * before the answer was recorded, and had not ended when the request came.
 */
export async function underWay(
  late: readonly LateRequest[],
  runs: readonly KnownRun[],
  dataDir: string,
): Promise<Set<LateRequest>> {
  const found = new Set<LateRequest>();
  for (const request of late) {
    const { runId, key } = request.calls[0] ?? { runId: '', key: '' };
    const traceId = runs.find((run) => run.runId === runId)?.end?.trace_id;
    if (traceId === undefined) continue;
    const { spans } = await loadTrace(traceId, { dataDir });
    const isUnderWay = spans.some(
      ({ name, attributes, start, end }) =>
        name.startsWith('chat ') &&
        attributes[attribute.callKey] === key &&
        Number(start) / 1e6 < request.recordedAt &&
        Number(end) / 1e6 >= request.askedAt,
    );
    if (isUnderWay) found.add(request);
  }
  return found;
}
