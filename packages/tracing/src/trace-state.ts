import type { TraceState } from '@opentelemetry/api';

const maxMembers = 32;
/** What the specification asks everyone to pass on, in characters. */
const maxLength = 512;
/** Members above that go first where the whole is too long. */
const longMember = 128;

const keySyntax = '[a-z0-9][a-z0-9_\\-*/@]{0,255}';
const valueSyntax = '[\\x20-\\x2b\\x2d-\\x3c\\x3e-\\x7e]{0,255}[\\x21-\\x2b\\x2d-\\x3c\\x3e-\\x7e]';
const memberPattern = new RegExp(`^[ \\t]*(${keySyntax})=(${valueSyntax})[ \\t]*$`);
const emptyMember = /^[ \t]*$/;

type Member = readonly [key: string, value: string];

/**
 * A `tracestate` as W3C Trace Context level 2 has it, newest member first. OpenTelemetry's own keeps to level 1's keys,
 * and drops single members where the specification discards the whole.
 */
class MemberList implements TraceState {
  readonly #members: readonly Member[];

  constructor(members: readonly Member[]) {
    this.#members = members;
  }

  /** The member becomes the first; the list stays as it is if the member is invalid, or one too many. */
  set(key: string, value: string): TraceState {
    const found = memberPattern.exec(`${key}=${value}`);
    if (found?.[1] !== key || found[2] !== value) return this;
    const members: Member[] = [[key, value], ...this.#without(key)];
    return members.length > maxMembers || lengthOf(members) > maxLength ? this : new MemberList(members);
  }

  unset(key: string): TraceState {
    return new MemberList(this.#without(key));
  }

  get(key: string): string | undefined {
    return this.#members.find(([name]) => name === key)?.[1];
  }

  serialize(): string {
    return this.#members.map((member) => member.join('=')).join(',');
  }

  #without(key: string): Member[] {
    return this.#members.filter(([name]) => name !== key);
  }
}

/**
 * Reads the text of a `tracestate`; several headers joined by commas. Of members with the same key the first stays.
 * Undefined if it has no members, or more than 32, or one that is invalid. What is longer than 512 characters loses
 * members longer than 128 first, then the oldest.
 */
export function parseTraceState(text: string): TraceState | undefined {
  const members = new Map<string, string>();
  let count = 0;
  for (const part of text.split(',')) {
    if (emptyMember.test(part)) continue;
    const [, key, value] = memberPattern.exec(part) ?? [];
    count += 1;
    if (key === undefined || value === undefined || count > maxMembers) return undefined;
    if (!members.has(key)) members.set(key, value);
  }
  return count === 0 ? undefined : new MemberList(shortened([...members]));
}

function shortened(members: readonly Member[]): readonly Member[] {
  const kept = [...members];
  while (lengthOf(kept) > maxLength) {
    const long = kept.findLastIndex((member) => lengthOf([member]) > longMember);
    // -1 is the last one.
    kept.splice(long, 1);
  }
  return kept;
}

/** In characters, with the commas. */
function lengthOf(members: readonly Member[]): number {
  return members.reduce((sum, [key, value]) => sum + key.length + value.length + 2, -1);
}
