export { type Legacy, type LegacyOptions, startLegacy } from './legacy.ts';
