import { writeWhole } from '@agento/files';
import { CancelRequested, type Lease, LeaseLost, type Part, type PartState, type Stream } from '../store.ts';
import { Appender } from './appender.ts';
import { attemptFolder, isPlainName, partPath, streamPath } from './layout.ts';
import { type PartChange, readPart } from './part-file.ts';
import { type Entry, entryOf, staleMs, type Unsettled } from './unsettled.ts';

export interface LeaseHooks {
  dataDir: string;
  unsettled: Unsettled;
  /** The part changed or grew. */
  changed(part: Part): void;
  /** The disk refused. */
  failed(error: unknown): void;
  /** The lease is over. */
  ended(lease: FolderLease, settled: boolean): void;
}

/**
 * The right to execute a part, as long as its entry among the unsettled ones is there. Whoever takes over removes the
 * entry before it begins; what was written at the same moment is skipped by readers, since the lines of a later
 * execution stand before it.
 */
export class FolderLease implements Lease {
  readonly part: Part;
  readonly entry: Entry;
  readonly #hooks: LeaseHooks;
  readonly #abort = new AbortController();
  readonly #appenders = new Map<string, Appender>();
  readonly #files = new Set<string>();
  /** Settles when the spans that were noted so far are written. */
  #noted = Promise.resolve();
  #over = false;
  /** When it was last sure that nobody else had the part, in milliseconds since 1970. */
  #sureAt = Date.now();

  constructor(part: Part, hooks: LeaseHooks) {
    this.part = part;
    this.entry = entryOf(part, part.executions);
    this.#hooks = hooks;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  async confirm(): Promise<void> {
    if (Date.now() - this.#sureAt < staleMs / 2) return;
    this.#checked();
    this.#sureAt = Date.now();
  }

  async append(stream: Stream, data: readonly unknown[]): Promise<void> {
    if (data.length === 0) return;
    const path = streamPath(this.#hooks.dataDir, this.part, stream);
    const lines = data.map((one) => JSON.stringify({ x: this.part.executions, d: one ?? null }));
    // A recorded call names the span that made it: a kill must not leave the one without the other.
    if (stream === 'calls') await this.#noted;
    const written = this.#write(path, lines);
    if (stream === 'spans') this.#noted = written.catch(() => {});
    await written;
  }

  /** Says in a stream that this execution has it from here on. */
  async take(stream: Stream): Promise<void> {
    const path = streamPath(this.#hooks.dataDir, this.part, stream);
    await this.#write(path, [JSON.stringify({ x: this.part.executions })]);
  }

  async change(to: { state?: PartState; notes?: Record<string, unknown> }): Promise<void> {
    await this.note(to);
  }

  /** Appends to the part's own file. */
  async note(change: Omit<PartChange, 'x' | 'at'>): Promise<void> {
    const line: PartChange = { x: this.part.executions, at: Date.now(), ...change };
    await this.#write(partPath(this.#hooks.dataDir, this.part), [JSON.stringify(line)]);
  }

  async writeFile(name: string, text: string): Promise<void> {
    if (!isPlainName(name)) throw new Error(`${name} must be the plain name of a file`);
    if (!this.#files.has(name)) await this.note({ file: name });
    this.#files.add(name);
    this.#checked();
    await writeWhole(attemptFolder(this.#hooks.dataDir, this.part), name, text).catch((error) => {
      this.#hooks.failed(error);
      throw error;
    });
    this.#hooks.changed(this.part);
  }

  async end({ settled }: { settled: boolean }): Promise<void> {
    await this.idle();
    if (this.#over) return;
    const { unsettled } = this.#hooks;
    if (settled) await this.note({ settled: true }).catch(unlessLost);
    if (this.#over) return;
    this.#over = true;
    await this.letGo();
    let isDone = settled && !(await this.#isReopened());
    if (isDone) {
      // It may have been taken over since it last looked.
      await unsettled.clear(this.part, this.part.executions);
      // Reopened in between, it would be without an entry.
      isDone = !(await this.#isReopened());
      if (!isDone) await unsettled.create(this.entry);
    } else await unsettled.release(this.entry);
    this.#hooks.ended(this, isDone);
  }

  /** Whether there is something left to do, although this execution had come to an end. */
  async #isReopened(): Promise<boolean> {
    return (await readPart(this.#hooks.dataDir, this.part))?.reopened === true;
  }

  /** Resolves when what was appended is written. */
  async idle(): Promise<void> {
    await this.#noted;
    for (const appender of this.#appenders.values()) await appender.idle();
  }

  /** Closes its files once what was appended is written. */
  async letGo(): Promise<void> {
    for (const appender of this.#appenders.values()) await appender.close().catch(this.#hooks.failed);
  }

  /** Closes a stream's file: it is about to be removed. */
  async close(stream: Stream): Promise<void> {
    await this.#appenders.get(streamPath(this.#hooks.dataDir, this.part, stream))?.close();
  }

  /** Says that its owner lives, and looks whether it still has the part and whether the part is to be cancelled. */
  async beat(): Promise<void> {
    if (this.#over) return;
    const now = Date.now();
    if (!(await this.#hooks.unsettled.touch(this.entry))) return this.lose();
    this.#sureAt = now;
    if (await this.#hooks.unsettled.isToCancel(this.part)) this.cancel();
  }

  cancel(): void {
    this.#abort.abort(new CancelRequested('Somebody asked for the run to be cancelled'));
  }

  /** Ends it without a word to the disk: it belongs to somebody else, or is to. */
  lose(): void {
    if (this.#over) return;
    this.#over = true;
    void this.letGo();
    this.#abort.abort(lost());
    this.#hooks.ended(this, false);
  }

  async #write(path: string, lines: string[]): Promise<void> {
    if (this.#over) throw lost();
    let appender = this.#appenders.get(path);
    if (!appender) {
      appender = new Appender(path, () => this.#checked());
      this.#appenders.set(path, appender);
    }
    try {
      await appender.append(lines);
    } catch (error) {
      if (!(error instanceof LeaseLost)) this.#hooks.failed(error);
      throw error;
    }
    this.#hooks.changed(this.part);
  }

  #checked(): void {
    if (!this.#over && !this.#hooks.unsettled.has(this.entry)) this.lose();
    if (this.#over) throw lost();
  }
}

function lost(): LeaseLost {
  return new LeaseLost('Another execution has taken the part over, or its store was closed');
}

/** Whoever ends a lease that was lost need not know. */
function unlessLost(error: unknown): void {
  if (!(error instanceof LeaseLost)) throw error;
}
