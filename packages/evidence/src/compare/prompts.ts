import type { RunReading } from '../reading/index.ts';
import { paired } from './align.ts';
import { type Stretch, wordDiff } from './word-diff.ts';

export interface PromptOfAgent {
  version: string;
  sha256: string;
  /** The system message made of it; null if it is not in the trace. */
  text: string | null;
}

/** The prompts of an agent in both runs, where they are not the same. */
export interface PromptChange {
  agent: string;
  before: PromptOfAgent | null;
  now: PromptOfAgent | null;
  /** Null where a trace has not got its words, or one run did not use it. */
  diff: Stretch[] | null;
}

export function promptChanges(before: RunReading, now: RunReading): PromptChange[] {
  return paired(promptsOf(before), promptsOf(now)).flatMap(({ key, before: old, now: fresh }) => {
    if (!old || !fresh || (old.sha256 === fresh.sha256 && old.version === fresh.version)) return [];
    const diff = old.text === null || fresh.text === null ? null : wordDiff(old.text, fresh.text);
    return [{ agent: key, before: old, now: fresh, diff }];
  });
}

/** By agent; a service that was updated amid a run has two, and the later counts. */
function promptsOf({ prompts, steps }: RunReading): Map<string, PromptOfAgent> {
  const found = prompts.map(({ agent, version, sha256 }): [string, PromptOfAgent] => {
    const step = steps.find(
      (one) => one.agent === agent && one.prompt_sha256 === sha256 && one.prompt.value !== null,
    );
    const text = step?.prompt.value?.find(({ role }) => role === 'system')?.content;
    return [agent, { version, sha256, text: text ?? null }];
  });
  return new Map(found);
}
