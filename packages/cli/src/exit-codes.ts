/** What the process exits with, for every verb. */
export const exitCodes = {
  done: 0,
  /** The run failed, a check found something, a process died. */
  failed: 1,
  /** Wrong usage, wrong input, a variable with a wrong value. */
  usage: 2,
  /** A trace, a file or a server that is not there. */
  notFound: 3,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends a verb: `message` says what is wrong, `hint` what to do about it. */
export class CommandError extends Error {
  override name = 'CommandError';
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;
  constructor(exitCode: ExitCode, message: string, hint?: string) {
    super(message);
    this.exitCode = exitCode;
    this.hint = hint;
  }
}
