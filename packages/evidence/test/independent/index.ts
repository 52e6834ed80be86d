export { measureVariants, tableOfVariants } from './measure.ts';
