import { Cancelled } from '@agento/agent';

/** The execution ends here and goes on elsewhere or later: its service is being stopped, or somebody else took it over. */
export class Suspended extends Cancelled {
  override name = 'Suspended';
  override readonly code = 'suspended';
}
