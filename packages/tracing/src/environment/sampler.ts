/** The samplers of OpenTelemetry's SDK, except those that ask a server. */
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

/** Whether it never starts a trace. */
export function isOff({ name, ratio }: SamplerChoice): boolean {
  return name.endsWith('always_off') || (name.endsWith('traceidratio') && ratio === 0);
}

/**
 * OpenTelemetry's sampler if set, otherwise Agento's share of traces. A share of 0 always applies: another variable
 * must not turn recording back on.
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
