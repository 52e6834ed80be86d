/** The model's name in requests and answers. */
export const offlineModelName = 'agento-offline-1';
