/** The model's name, as requests ask for it and answers carry it. */
export const offlineModelName = 'agento-offline-1';
/** Who answers; the value of `gen_ai.provider.name`, sent as `provider` in every answer. */
export const offlineProvider = 'agento.offline';
