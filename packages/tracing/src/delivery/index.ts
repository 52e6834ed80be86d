export { createDelivery } from './delivery.ts';
export type { Delivery, DeliveryLog, DeliveryOptions, DeliveryStats } from './types.ts';
