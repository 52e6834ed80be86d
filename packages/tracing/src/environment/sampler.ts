/** The samplers OpenTelemetry's SDK has; those that ask a server are not among them. */
export const samplerNames = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/** Which traces are recorded. */
export interface SamplerChoice {
  name: (typeof samplerNames)[number];
  /** Share of traces the two `traceidratio` samplers record, 0 to 1. */
  ratio: number;
}

/** Whether it begins no trace at all. */
export function isOff({ name, ratio }: SamplerChoice): boolean {
  return name.endsWith('always_off') || (name.endsWith('traceidratio') && ratio === 0);
}

/**
 * OpenTelemetry's sampler where it is set, else Agento's share of traces. A share of 0 holds in any case: who has
 * switched recording off does not have it back by another variable.
 */
export function chooseSampler(
  standard: SamplerChoice['name'] | null,
  ratio: number | null,
  share: number,
): SamplerChoice {
  const chosen: SamplerChoice | null = standard && { name: standard, ratio: ratio ?? 1 };
  if (chosen && (share > 0 || isOff(chosen))) return chosen;
  return { name: 'parentbased_traceidratio', ratio: share };
}
