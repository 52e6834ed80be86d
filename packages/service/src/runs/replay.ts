import { type Journal, readPrompt, type StepChange } from '@agento/agent';
import { type Finding, placeOfCall, type Replay, type ReplayedCall, redactedMark } from '@agento/contracts';
import { type Attributes, attribute } from '@agento/tracing';

const notToBeShown = `has a text with ${redactedMark} in it, which must not be shown to a model`;

/** What is wrong with a replay that its schema cannot say. Answered with 400, before anything is asked. */
export function replayFindings({ from, change = {}, calls }: Replay): Finding[] {
  const found: Finding[] = [];
  const agents = new Set<string>();
  from.forEach((key, index) => {
    const place = placeOfCall(key);
    if (place?.first === key) agents.add(place.agent);
    else found.push({ pointer: `/replay/from/${index}`, detail: `${key} is not the first call of a step` });
  });
  found.push(...promptFindings(change.prompt, agents));
  calls.forEach(({ answer }, index) => {
    if (!JSON.stringify(answer).includes(redactedMark)) return;
    found.push({ pointer: `/replay/calls/${index}/answer`, detail: notToBeShown });
  });
  return found.slice(0, 8);
}

function promptFindings(prompt: string | undefined, agents: ReadonlySet<string>): Finding[] {
  if (prompt === undefined) return [];
  const pointer = '/replay/change/prompt';
  try {
    const { agent } = readPrompt(prompt, 'The prompt');
    if (prompt.includes(redactedMark)) return [{ pointer, detail: notToBeShown }];
    const other = [...agents].find((name) => name !== agent);
    return other === undefined
      ? []
      : [{ pointer, detail: `is of ${agent}, and a step in replay.from is ${other}'s` }];
  } catch (error) {
    return [{ pointer, detail: (error as Error).message }];
  }
}

/** The journal, filled from the recorded run. */
export function filledFrom({ calls }: Replay, journal: Journal): Journal {
  const known = new Map(calls.map((call) => [call.key, call]));
  const replay = (key: string, hashes: () => readonly string[]): ReplayedCall | null => {
    const call = known.get(key);
    if (!call) return null;
    return call.request === undefined || hashes().includes(call.request) ? call : null;
  };
  return { ...journal, replay };
}

/** What is different in the steps that are asked anew. */
export function changedBy({ from, change = {} }: Replay): (key: string) => StepChange | undefined {
  const asked = new Set(from);
  const { prompt, model, temperature, seed, max_tokens: maxTokens } = change;
  const changed: StepChange = {
    ...(prompt !== undefined && { prompt: readPrompt(prompt, 'The prompt') }),
    ...(model !== undefined && { model }),
    settings: {
      ...(temperature !== undefined && { temperature }),
      ...(seed !== undefined && { seed }),
      ...(maxTokens !== undefined && { maxTokens }),
    },
  };
  return (key) => (asked.has(key) ? changed : undefined);
}

/** What `run_module_N` says of it. */
export function replayAttributes({ run_id, from, change = {} }: Replay): Attributes {
  const changed = Object.keys(change);
  return {
    [attribute.replayRunId]: run_id.toLowerCase(),
    [attribute.replayFrom]: from,
    ...(changed.length > 0 && { [attribute.replayChanged]: changed }),
  };
}

/** The share of the modules after this one. */
export function replayAfter(replay: Replay, module: number): Replay {
  return { ...replay, calls: replay.calls.filter(({ key }) => (placeOfCall(key)?.module ?? 0) > module) };
}
