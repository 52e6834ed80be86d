import type { Run } from '@agento/agent';
import type { Finding, ModuleInfo } from '@agento/contracts';
import type { TObject } from 'typebox';

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

/** A module of the chain: what it takes, what it gives and what it does. */
export interface Module<Input extends RunInput = RunInput, Adds extends object = object> {
  info: ModuleInfo;
  input: TObject;
  output: TObject;
  /** What the input's schema cannot say, such as references between its parts. Answered with 400. */
  checkInput?(input: Input): Finding[];
  run(input: Input, run: Run): Promise<Work<Adds>>;
}
