/** `gen_ai.provider.name` of the offline model, sent as `provider` in every answer. */
export const offlineProvider = 'agento.offline';

/** Shown first if the offline model took part, so that nobody takes its output for a real plan. */
export const demonstrationNotice =
  'A rule-based demonstration without a language model: it knows nothing about the subject; do not follow this plan.';

/** Whether any of the calls was answered by rules instead of a model. */
export function isDemonstration(usage: { provider: string }[]): boolean {
  return usage.some(({ provider }) => provider === offlineProvider);
}
