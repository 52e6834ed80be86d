import { attribute } from '@agento/tracing';

/** A kill: which module, when in milliseconds since 1970. */
export interface Kill {
  module: number;
  at: number;
}

/** What the stream `spans` of a part says: a span began. */
interface Begun {
  started_at: number;
  attributes: Record<string, unknown>;
}

/**
 * How long nobody executed a part after a kill, in milliseconds: from the first kill of its module after the last span
 * of an execution to the first span of the next one. With replicas that is at most as long as it says: the first of
 * several kills may have hit another one.
 *
 * @param records the part's stream `spans`
 */
export function takeoversOf(module: number, records: readonly unknown[], kills: readonly Kill[]): number[] {
  const executions = new Map<number, { first: number; last: number }>();
  for (const record of records) {
    const { begun } = record as { begun?: Begun };
    const number = begun?.attributes[attribute.runExecution];
    if (!begun || typeof number !== 'number') continue;
    const known = executions.get(number);
    if (!known) executions.set(number, { first: begun.started_at, last: begun.started_at });
    else known.last = Math.max(known.last, begun.started_at);
  }
  const inOrder = [...executions].sort(([a], [b]) => a - b).map(([, times]) => times);
  return inOrder.slice(1).flatMap(({ first }, index) => {
    const last = inOrder[index]?.last ?? 0;
    const kill = kills.find((one) => one.module === module && one.at >= last && one.at <= first);
    return kill ? [first - kill.at] : [];
  });
}
