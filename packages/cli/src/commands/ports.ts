import { chain } from '@agento/contracts';

/** The last port that module 1 can have: those of the other modules, the model and the receiver come after it. */
export const lastBase = 65_534 - chain.length;
