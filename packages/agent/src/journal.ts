import { hash } from 'node:crypto';
import { type ReplayedCall, shownRequestHash } from '@agento/contracts';
import type { SpanReference } from '@agento/tracing';
import type { TSchema } from 'typebox';
import type { ChatAnswer, ChatCall } from './chat.ts';
import type { CallSettings } from './model-settings.ts';

/** A call that was made and answered. JSON. */
export interface RecordedCall {
  /** Its key, unique in the attempt at the run. */
  key: string;
  /** SHA-256 of the request, hex. */
  requestHash: string;
  answer: ChatAnswer;
  /** The `chat` span that made it. */
  span: SpanReference;
  /** Milliseconds since 1970. */
  recordedAt: number;
}

/** The calls an attempt at a run has made: what is recorded here is not asked again. */
export interface Journal {
  /** What was recorded under the key for exactly this request; null if nothing. */
  recall(key: string, requestHash: string): RecordedCall | null;
  /** Resolves when a call may be made; rejects where somebody else makes it by now. */
  permit(): Promise<void>;
  /** Resolves when the record survives this process; the answer is not used before. */
  record(call: RecordedCall): Promise<void>;
  /**
   * The call of another run whose answer stands for this one; null if there is none. `hashes` gives the forms in which that
   * run may have kept its request.
   */
  replay?(key: string, hashes: () => readonly string[]): ReplayedCall | null;
}

/** A journal that lasts as long as the process. */
export function createMemoryJournal(recorded: readonly RecordedCall[] = []): Journal {
  const calls = new Map(recorded.map((call) => [call.key, call]));
  return {
    recall(key, requestHash) {
      const call = calls.get(key);
      return call?.requestHash === requestHash ? call : null;
    },
    async permit() {},
    async record(call) {
      calls.set(call.key, call);
    },
  };
}

/**
 * What makes two requests the same: what is asked, of which model, with which settings; not the form an endpoint wants it
 * in, which may change between two executions.
 */
export function requestHashOf(
  { model, messages, tools, extra, schema, maxTokens }: ChatCall,
  { temperature, seed, maxTokens: limit }: CallSettings,
): string {
  const asked = [
    model,
    messages,
    tools ?? null,
    extra ?? null,
    schema ? [schema.name, schemaHash(schema.schema)] : null,
    [temperature, seed, limit ?? maxTokens ?? null],
  ];
  return hash('sha256', JSON.stringify(asked));
}

/** The same of what a call's spans show. */
export function shownHashOf({ model, messages }: ChatCall, { temperature, seed }: CallSettings): string {
  return shownRequestHash({ model, messages, temperature, seed });
}

const hashes = new WeakMap<TSchema, string>();

function schemaHash(schema: TSchema): string {
  const known = hashes.get(schema);
  if (known !== undefined) return known;
  const made = hash('sha256', JSON.stringify(schema));
  hashes.set(schema, made);
  return made;
}
