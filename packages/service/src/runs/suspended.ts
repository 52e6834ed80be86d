import { Cancelled } from '@agento/agent';
import { LeaseLost } from '@agento/runs';

/** The execution ends here and goes on elsewhere or later: its service is being stopped. */
export class Suspended extends Cancelled {
  override name = 'Suspended';
  override readonly code: 'suspended' | 'taken_over' = 'suspended';
}

/** Somebody else took the part over, for whom this process was dead: frozen, or cut off from the store. */
export class TakenOver extends Suspended {
  override readonly code = 'taken_over';
}

/** A lease that was lost, as the end of whatever needed it; any other error as it is. */
export function takenOver(error: unknown): unknown {
  return error instanceof LeaseLost ? new TakenOver(error.message, { cause: error }) : error;
}
