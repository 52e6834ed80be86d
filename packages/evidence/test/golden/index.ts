export { withoutContent } from './content-off.ts';
export { goldenNames, goldenTrace } from './load.ts';
export { differences, shapeOf } from './shape.ts';
