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
 * For how long nobody executed a part after a kill, in milliseconds. With replicas it is not known which of several kills
 * of its module hit the one that had it.
 */
export interface Takeover {
  /** From the last of them. */
  least: number;
  /** From the first of them. */
  most: number;
}

/**
 * The takeovers of a part: kills of its module between the last span of an execution and the first one of the next.
 *
 * @param records the part's stream `spans`
 */
export function takeoversOf(module: number, records: readonly unknown[], kills: readonly Kill[]): Takeover[] {
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
    const between = kills.filter((one) => one.module === module && one.at >= last && one.at <= first);
    const [earliest, latest] = [between[0], between.at(-1)];
    return earliest && latest ? [{ least: first - latest.at, most: first - earliest.at }] : [];
  });
}
