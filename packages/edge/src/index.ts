export { anonymousProblem } from './anonymous.ts';
export { type CallerProblem, type Callers, callerProblem, isLoopback } from './callers.ts';
export { EdgeError, edge, edgeOptions } from './edge.ts';
export { bearerOf, keyCheck } from './keys.ts';
export { listenProblem } from './listen-problem.ts';
