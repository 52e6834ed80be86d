import type { Run } from '@agento/agent';
import type { Finding, ModuleInfo } from '@agento/contracts';

/** A file a module leaves behind beside its output. */
export interface RunFile {
  name: string;
  media_type: string;
  content: string;
}

/** What a module's work comes to: the fields its output adds, and the files it writes. */
export interface Work<Adds> {
  adds: Adds;
  files?: RunFile[];
}

/** What every input has, whichever module it is for. */
export interface RunInput {
  goal: string;
  context?: string;
  session_id?: string;
  run_id?: string;
  run_attempt?: number;
  trace_metadata?: { trace_id: string; root_span_id: string; service_name: string };
  openai_trace_id?: string;
  stop_after?: number;
}

/** A module of the chain: its contract, which says what it takes and gives, and its work. */
export interface Module<Input extends RunInput = RunInput, Adds extends object = object> {
  info: ModuleInfo;
  /** What the input's schema cannot say, such as references between its parts. Answered with 400. */
  checkInput?(input: Input): Finding[];
  run(input: Input, run: Run): Promise<Work<Adds>>;
}
