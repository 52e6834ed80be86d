/** Names one module's part of one attempt at a run. */
export interface PartId {
  /** UUID, in lower case. */
  runId: string;
  /** Number of the attempt at the run, from 1. */
  attempt: number;
  /** Number of the module. */
  module: number;
}

/**
 * `queued` and `running` are to be continued by whoever is alive; `waiting_for_review` is left alone until a person has
 * decided; the others are ends.
 */
export type PartState = 'queued' | 'running' | 'waiting_for_review' | 'finished' | 'failed' | 'cancelled';

/** What a part is reopened from, unless something else is named. */
export const stopped: readonly PartState[] = ['failed', 'cancelled'];

/** What a part begins with; never changed. Everything in it is JSON. */
export interface PartStart extends PartId {
  /** The body as it was accepted, with its run_id. */
  input: object;
  /** Where its spans hang and how it was asked for; only the service reads it. */
  origin: object;
}

/** A part as it stands. */
export interface Part extends PartStart {
  state: PartState;
  /** When it began and when it last changed, in milliseconds since 1970. */
  beganAt: number;
  changedAt: number;
  /** How often its execution has begun: 1 unless somebody died or was stopped. */
  executions: number;
  /** Nothing is left to do: it has ended and its evidence is safe. */
  settled: boolean;
  /** Whatever the service notes of it: trace id, usage, the problem it failed with; merged, JSON. */
  notes: Record<string, unknown>;
}

/** `calls`: the journal of model and tool calls; `events`: for those who watch; `spans`: begun, and safe. */
export type Stream = 'calls' | 'events' | 'spans';

/** One record of a stream. */
export interface StoredRecord {
  /** Its place in the stream, from 1, without gaps. */
  seq: number;
  data: unknown;
}

/** The right to execute a part: nobody else has it at the same time. */
export interface Lease {
  /** As it stood when the lease was taken; `executions` counts this one. */
  part: Part;
  /** Aborted with LeaseLost when somebody else took over, with CancelRequested when the part is to be cancelled. */
  signal: AbortSignal;
  /**
   * Resolves while the part is surely this process's: at once, unless there was a pause in which somebody may have taken
   * it over. @throws LeaseLost if somebody did
   */
  confirm(): Promise<void>;
  /**
   * Appends to a stream; resolves when the records survive the death of this process. Records of concurrent calls keep
   * the order of the calls, and a record of `calls` is written no sooner than what was appended to `spans` before.
   *
   * @throws LeaseLost if somebody else executes the part by now: nothing was written
   */
  append(stream: Stream, data: readonly unknown[]): Promise<void>;
  /** Changes the part, as atomically as a reader sees it. @throws LeaseLost */
  change(to: { state?: PartState; notes?: Record<string, unknown> }): Promise<void>;
  /** Writes a file of the attempt whole. @throws LeaseLost, or the disk's own error */
  writeFile(name: string, text: string): Promise<void>;
  /** Ends the lease: `settled` when nothing is left to do, otherwise anybody may claim the part at once. */
  end(how: { settled: boolean }): Promise<void>;
}

/** The part was taken over: whoever gets this stops, and records nothing. */
export class LeaseLost extends Error {
  override name = 'LeaseLost';
}

/** Somebody asked for the part to be cancelled. */
export class CancelRequested extends Error {
  override name = 'CancelRequested';
}

/** `after` is not the `next` of a page. */
export class NoSuchPage extends Error {
  override name = 'NoSuchPage';
  override message = 'must be the `next` of the page before: begin without one';
}

export interface PartQuery {
  module: number;
  states?: readonly PartState[];
  /** `next` of the page before. */
  after?: string;
  /** Most parts of the page. */
  limit: number;
}

/** An idempotency key and what it stands for. */
export interface KeyClaim {
  /** SHA-256 of caller and key, hex. */
  key: string;
  /** SHA-256 of the request's body, hex. */
  bodyHash: string;
  part: PartId;
  /** Milliseconds since 1970 from which on the key may be used anew. */
  until: number;
}

/**
 * What outlives a process. Two drivers pass one suite: a folder, for one process a module on one machine, and Postgres,
 * for as many as there are.
 */
export interface RunStore {
  /**
   * Begins a part, in state `queued` and with nobody executing it; gives the one there is if it exists. Whoever begins it
   * claims it, or offers it to others.
   */
  begin(start: PartStart): Promise<{ part: Part; begun: boolean }>;
  part(id: PartId): Promise<Part | null>;
  /** All parts of a run that are known here, of whichever module, by attempt and module. */
  partsOf(runId: string): Promise<PartId[]>;
  /** Parts of a module, the newest first. @throws NoSuchPage */
  list(query: PartQuery): Promise<{ parts: Part[]; next: string | null }>;

  /** Takes the right to execute a part that is not settled; null while somebody alive has it. */
  claim(id: PartId): Promise<Lease | null>;
  /** Unsettled parts of a module that nobody alive executes, the oldest first. */
  claimable(module: number, most: number): Promise<PartId[]>;
  /** Calls back whenever there may be something to claim; gives the function that ends it. */
  onClaimable(module: number, listener: () => void): () => void;
  /**
   * Has a part in one of these states executed again, with these notes: one that failed or was cancelled, if none are
   * named. False if it is in another state.
   */
  reopen(id: PartId, notes: Record<string, unknown>, from?: readonly PartState[]): Promise<boolean>;
  /** Tells everybody that there may be something to claim: a part that its beginner has no room for. */
  offer(module: number): Promise<void>;
  /** Asks whoever executes the part to cancel it. False if it has ended. */
  requestCancel(id: PartId): Promise<boolean>;

  /** The stream's records after that place, at most so many. */
  records(id: PartId, stream: Stream, after?: number, most?: number): Promise<StoredRecord[]>;
  /** Calls back whenever the part may have changed or grown; gives the function that ends it. */
  watch(id: PartId, listener: () => void): () => void;
  /** A file of an attempt; null if there is none. */
  readFile(id: Omit<PartId, 'module'>, name: string): Promise<Uint8Array | null>;
  /** Forgets a part's stream: a journal that must not be kept. */
  forget(id: PartId, stream: Stream): Promise<void>;
  /**
   * Deletes what the module's part of an attempt left here, or its parts of all attempts; files and keys included. Parts
   * that go on or wait are left alone.
   */
  remove(runId: string, module: number, attempt?: number): Promise<void>;

  /** Gives the claim that holds: this one, or the one made before and not over yet. */
  claimKey(claim: KeyClaim): Promise<KeyClaim>;

  /** Deletes the oldest settled parts of a module as the limits say, but none that waits; gives how many. */
  sweep(
    module: number,
    limits: { olderThanMs: number | null; moreThanBytes: number | null },
  ): Promise<number>;
  /** Why the store is out of reach, as far as that is known without a look; null if nothing is known. */
  outage(): string | null;
  /** Why nothing can be written at the moment; null if it can. */
  problem(): Promise<string | null>;
  /** Ends all leases, unsettled, so that others take over at once. */
  close(): Promise<void>;
}
