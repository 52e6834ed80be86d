/** The model's name, as requests ask for it and answers carry it. */
export const offlineModelName = 'agento-offline-1';
