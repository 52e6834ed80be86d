import { type ReplayedCall, searchStep } from '@agento/contracts';
import { numberOf, type RecordedSpan } from '../model.ts';
import { jsonOf } from '../payload.ts';
import { answerOf } from './recorded-answer.ts';
import { messagesOf, requestOf } from './recorded-request.ts';
import { NotReplayable, type RecordedCall, type RecordedRun } from './recorded-run.ts';
import type { Whole } from './whole.ts';

/** What the services recorded of a run: calls as their journals have them, and what the caller gave. */
export interface KeptJournal {
  goal: string;
  context?: string;
  calls: { attempt: number; call: ReplayedCall }[];
}

/** What would be asked of a model again, and what would not. */
export interface ReplayPlan {
  /** Keys of the steps that are asked anew. */
  from: string[];
  /** Who takes them. */
  agents: string[];
  /** The calls those steps made. */
  asked: RecordedCall[];
  /** Independent of them: their answers are given again under their keys. */
  given: RecordedCall[];
  /** After them: `call` is given again if the request is the same; null where nobody can tell, so it is asked anew. */
  after: { recorded: RecordedCall; call: ReplayedCall | null }[];
  /** Independent of them, and never answered: asked again. */
  unanswered: RecordedCall[];
  calls: ReplayedCall[];
  goal: string;
  context: string | undefined;
  /** What the replay needs and neither trace nor journal has whole, a sentence each. */
  lacking: string[];
}

/**
 * Plans the replay of a run from a step on. A call is independent of that step if the step that made it began before that
 * step had ended: it was asked without knowing the answer. Any other may depend on it.
 *
 * @param from the name of a step, or the key of its first call
 * @throws NotReplayable for a step the run does not have, or where spans before it are lost
 */
export function planReplay(run: RecordedRun, from: string, journal: KeptJournal | null): ReplayPlan {
  const asked = stepsNamed(run, from);
  const keys = new Set(asked.map(({ place }) => place.first));
  const module = Math.min(...asked.map(({ place }) => place.module));
  refuseLost(run, module);
  const isAfter = ({ place, step }: RecordedCall) =>
    place.module > module || (place.module === module && asked.some((one) => step.start >= one.step.end));
  const others = run.calls.filter(({ place }) => !keys.has(place.first));
  const before = others.filter((call) => !isAfter(call));
  const given = before.filter(({ isAnswered }) => isAnswered);
  const lacking: string[] = [];
  const carried = given.flatMap((recorded): ReplayedCall[] => {
    const kept = keptCall(recorded, journal);
    const answer = answerOf(recorded.chat, recorded.step, run.tree);
    const whole = 'value' in answer ? answer.value : kept?.answer;
    if (whole) return [{ key: recorded.key, span: referenceOf(recorded.chat), answer: whole }];
    if ('why' in answer) lacking.push(sentence(`The answer to ${recorded.key}`, recorded.chat, answer.why));
    return [];
  });
  const after = others
    .filter((call) => isAfter(call) && call.isAnswered)
    .map((recorded) => ({ recorded, call: callAfter(recorded, run, keptCall(recorded, journal)) }));
  const brief = briefOf(run, journal, lacking);
  return {
    from: [...keys],
    agents: [...new Set(asked.map(({ place }) => place.agent))],
    asked,
    given,
    after,
    unanswered: before.filter(({ isAnswered }) => !isAnswered),
    calls: [...carried, ...after.flatMap(({ call }) => call ?? [])],
    ...brief,
    lacking,
  };
}

/** The calls of the steps that a name or a key stands for. */
function stepsNamed({ calls }: RecordedRun, from: string): RecordedCall[] {
  const found = calls.filter(({ place }) => place.step.name === from || place.first === from);
  if (found.length > 0) return found;
  const later = calls.find(({ key }) => key === from);
  if (later) {
    const what = `${from} is a later call of its step, which is asked anew as a whole`;
    throw new NotReplayable(`${what}: name ${later.place.first}.`);
  }
  const names = [...new Set(calls.map(({ place }) => place.step.name))];
  throw new NotReplayable(
    `The run has no step ${JSON.stringify(from.slice(0, 200))} that asked a model. It has ${names.join(', ')}; or name one by its agento.call.key, as ${calls[0]?.key}.`,
  );
}

/** Modules say how many spans they made: of those before the step, none may be lost. */
function refuseLost({ modules, tree }: RecordedRun, until: number): void {
  for (const { number, root, spans } of modules) {
    const made = numberOf(root.attributes, 'agento.span_count') ?? spans.length;
    if (number > until || made <= spans.length) continue;
    const what = `${made - spans.length} of the ${made} spans of ${root.name} ${root.span_id} are not in the trace`;
    const orphans =
      tree.orphans.length > 0 ? `, and ${tree.orphans.length} spans have lost their parent` : '';
    throw new NotReplayable(`The trace is incomplete: ${what}${orphans}.`);
  }
}

/** A later call as it can be offered: with the hash by which its request is known again. */
function callAfter(
  recorded: RecordedCall,
  run: RecordedRun,
  kept: ReplayedCall | undefined,
): ReplayedCall | null {
  const { key, chat, step } = recorded;
  const [request, answer] = [requestOf(chat, step), answerOf(chat, step, run.tree)];
  const span = referenceOf(chat);
  if ('value' in request && 'value' in answer)
    return { key, request: request.value, span, answer: answer.value };
  return kept?.request === undefined ? null : { ...kept, span };
}

function keptCall({ key, attempt }: RecordedCall, journal: KeptJournal | null): ReplayedCall | undefined {
  return journal?.calls.find((kept) => kept.attempt === attempt && kept.call.key === key)?.call;
}

/** Goal and context, from what the first step was shown that sees all of both. */
function briefOf(
  { calls }: RecordedRun,
  journal: KeptJournal | null,
  lacking: string[],
): { goal: string; context: string | undefined } {
  const first = calls.find(({ key, place }) => place.step.name === searchStep.name && place.first === key);
  if (!first)
    throw new NotReplayable(`The trace has no ${searchStep.name}, which was shown goal and context.`);
  const messages = messagesOf(first.chat, first.step);
  const shown: Whole<{ goal?: unknown; context?: unknown }> =
    'why' in messages
      ? messages
      : { value: inputIn(messages.value.find(({ role }) => role === 'user')?.content) };
  if ('value' in shown && typeof shown.value.goal === 'string') {
    const { goal, context } = shown.value;
    return { goal, context: typeof context === 'string' ? context : undefined };
  }
  if (journal) return { goal: journal.goal, context: journal.context };
  lacking.push(
    sentence(
      'The goal with its context',
      first.step,
      'why' in shown ? shown.why : 'it is not recorded whole',
    ),
  );
  return { goal: '', context: undefined };
}

/** The JSON between the delimiters of a step's input. */
function inputIn(text = ''): { goal?: unknown; context?: unknown } {
  const [, json] = /^<input>\n(.*)\n<\/input>$/s.exec(text) ?? [];
  return (jsonOf(json) ?? {}) as { goal?: unknown };
}

function sentence(what: string, { name, span_id }: RecordedSpan, why: string): string {
  return `${what} cannot be used again, since ${why} (span ${span_id}, ${name}).`;
}

function referenceOf({ trace_id, span_id }: RecordedSpan) {
  return { trace_id, span_id };
}
