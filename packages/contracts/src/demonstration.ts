/** `gen_ai.provider.name` of the offline model, sent as `provider` in every answer. */
export const offlineProvider = 'agento.offline';

/** Said before anything else where the offline model has had a part: nobody is to take its plan for one. */
export const demonstrationNotice =
  'A rule-based demonstration without a language model: it knows nothing about the subject; do not follow this plan.';

/** Whether any of the calls was answered by rules instead of a model. */
export function isDemonstration(usage: { provider: string }[]): boolean {
  return usage.some(({ provider }) => provider === offlineProvider);
}
