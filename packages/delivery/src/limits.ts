import type { DeliveryOptions } from './types.ts';

const MiB = 1024 * 1024;

/** No request is larger: a larger file in the spool is not ours. */
export const largestRequestBytes = 8 * MiB;

/** Of each option that is a number its default, and the whole numbers it may be. */
const ranges = {
  maxQueueBytes: [32 * MiB, 1, Number.MAX_SAFE_INTEGER],
  maxSpoolBytes: [256 * MiB, 0, Number.MAX_SAFE_INTEGER],
  maxRequestBytes: [4 * MiB - 65_536, 1_024, largestRequestBytes],
  scheduledDelayMs: [500, 0, 600_000],
  maxBatchSpans: [512, 1, 100_000],
  exportTimeoutMs: [10_000, 1, 600_000],
} as const satisfies Partial<Record<keyof DeliveryOptions, readonly [number, number, number]>>;

export type Limits = Record<keyof typeof ranges, number>;

/** The options that are numbers, with their defaults. Throws a RangeError that names every option that is not usable. */
export function limitsOf(options: DeliveryOptions): Limits {
  const faults: string[] = [];
  // A URL may hold a password: it is not repeated.
  if (!/^https?:$/.test(URL.parse(options.url)?.protocol ?? ''))
    faults.push('url must be an address that begins with http:// or https://');
  if (!['gzip', 'none', undefined].includes(options.compression))
    faults.push(`compression must be gzip or none; it is ${options.compression}`);
  const limits = Object.entries(ranges).map(([name, [usual, least, most]]) => {
    const { [name as keyof Limits]: value = usual } = options;
    if (!Number.isSafeInteger(value) || value < least || value > most)
      faults.push(`${name} must be a whole number from ${least} to ${most}; it is ${value}`);
    return [name, value];
  });
  if (faults.length > 0) throw new RangeError(`createDelivery: ${faults.join('; ')}`);
  return Object.fromEntries(limits) as Limits;
}
