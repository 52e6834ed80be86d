export { createDelivery } from './delivery.ts';
export type { Delivery, DeliveryLog, DeliveryOptions, DeliveryStats, Proxies, TlsFiles } from './types.ts';
