import type { Run } from '@agento/agent';
import type { Finding, Module1Input, Module2Input, ModuleInfo, ReviewedRequest } from '@agento/contracts';

/** A file a module writes in addition to its output. */
export interface RunFile {
  name: string;
  media_type: string;
  content: string;
}

/** The result of a module's work: the fields its output adds, and the files it writes. */
export interface Work<Adds> {
  adds: Adds;
  files?: RunFile[];
}

/** What every input has, whichever module it is for. */
export type RunInput = Module1Input & Pick<Module2Input, 'run_attempt'>;

/** A module of the chain: its contract, which says what it takes and gives, and its work. */
export interface Module<Input extends RunInput = RunInput, Adds extends object = object> {
  info: ModuleInfo;
  /** What the input's schema cannot say, such as references between its parts. Answered with 400. */
  checkInput?(input: Input): Finding[];
  run(input: Input, run: Run): Promise<Work<Adds>>;
  /** What of its output people may be asked to decide, before the next module goes on. */
  requests?(output: Input & Adds): ReviewedRequest[];
}
