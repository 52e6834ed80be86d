import type { RunLimits } from '@agento/contracts';
import type { Part } from '@agento/runs';
import type { RunInput } from '../module.ts';
import { OutOfTime } from '../problem.ts';
import type { Service } from '../service.ts';
import type { PartNotes } from './part-notes.ts';

/** A part's limits: those it was resumed with, else those of its input, else the service's. */
export function limitsOf({ settings }: Pick<Service, 'settings'>, { input, notes }: Part): RunLimits {
  return { ...settings.limits, ...(input as RunInput).limits, ...(notes as PartNotes).limits };
}

/** The limits for the module after: those that apply here, with the seconds that are left. */
export function limitsAfter(service: Service, part: Part): RunLimits | undefined {
  const limits = limitsOf(service, part);
  if (limits.seconds === undefined) return Object.keys(limits).length > 0 ? limits : undefined;
  return { ...limits, seconds: Math.max(1, Math.ceil(leftMs(part, limits.seconds) / 1_000)) };
}

/** When an execution has to end: the time it may take, in milliseconds, and the error once that is over. */
export function timeOf(service: Service, part: Part): { ms: number; over: OutOfTime } {
  const { runTimeoutMs } = service.settings;
  const { seconds } = limitsOf(service, part);
  const left = seconds === undefined ? Number.POSITIVE_INFINITY : leftMs(part, seconds);
  if (seconds === undefined || left > runTimeoutMs) {
    return { ms: runTimeoutMs, over: new OutOfTime(`The run took longer than ${runTimeoutMs} ms`) };
  }
  const what = `The run took longer than ${seconds} s, its limit from this module on (limits.seconds, AGENTO_LIMIT_SECONDS)`;
  return { ms: Math.max(0, left), over: new OutOfTime(what) };
}

/** Earlier executions count as well, but not what was before the run was resumed, nor what people took to decide. */
function leftMs({ beganAt, notes }: Part, seconds: number): number {
  const { resumed_at = beganAt, waited_ms = 0 } = notes as PartNotes;
  return resumed_at + waited_ms + seconds * 1_000 - Date.now();
}
