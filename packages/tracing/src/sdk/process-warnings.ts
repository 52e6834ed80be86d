import type { DeliveryLog } from '@agento/delivery';

/** Warnings of the process, on standard error; what is no warning is not said. */
export const processWarnings: DeliveryLog = {
  warn: (fields, text) =>
    process.emitWarning(Object.keys(fields).length > 0 ? `${text} ${JSON.stringify(fields)}` : text, {
      code: 'AGENTO_TRACING',
    }),
  info: () => {},
};
