import type { DeliveryStats } from './types.ts';

export interface Counters extends DeliveryStats {
  drop(reason: string, spans: number): void;
  snapshot(): DeliveryStats;
}

export function createCounters(): Counters {
  const dropped: Record<string, number> = {};
  return {
    ended: 0,
    adopted: 0,
    exported: 0,
    queued: 0,
    spooled: 0,
    dropped,
    failures: 0,
    bytes_sent: 0,
    requests: 0,
    shed_spans: 0,
    shed_bytes: 0,
    duplicates_possible: 0,
    drop(reason, spans) {
      if (spans > 0) dropped[reason] = (dropped[reason] ?? 0) + spans;
    },
    snapshot() {
      const { drop: _drop, snapshot: _snapshot, ...figures } = this;
      return { ...figures, dropped: { ...dropped } };
    },
  };
}
