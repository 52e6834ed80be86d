import type { Attributes, RecordedSpan, Trace } from '../../src/index.ts';
import { changeOutputs, judgeBy, stepsNamed, verdictsOn } from './altered.ts';
import { inOne, type Variant, variantsOf } from './variant.ts';

/** Judges of a second attempt or a later one, who were told suggestions. */
const answering = (trace: Trace) =>
  stepsNamed(trace, 'revision_evaluation').filter((span) =>
    span.events.some(({ name }) => name === 'agento.feedback'),
  );

const aboutOf = (
  { attributes }: RecordedSpan,
  attempt = attributes['agento.attempt'] as number,
): Attributes => ({
  'agento.item.id': attributes['agento.item.id'] as string,
  'agento.attempt': attempt,
});

/** The step that wrote an attempt. */
function writerOf(trace: Trace, judging: RecordedSpan, attempt?: number): RecordedSpan | undefined {
  return ['revision_apply', 'revision_refinement'].flatMap((name) =>
    stepsNamed(trace, name, aboutOf(judging, attempt)),
  )[0];
}

function textOf(step: RecordedSpan | undefined): string | null {
  let text: string | null = null;
  if (step)
    changeOutputs(step, (outputs: { text: string }) => {
      text = outputs.text;
      return outputs;
    });
  return text;
}

type Feedback = { status: string; evidence: string };

/** Another answer to one suggestion, given what it was and the texts before and now. */
function answered(
  change: (was: Feedback, texts: { before: string; now: string }) => Feedback | null,
): Variant['plant'] {
  return inOne(answering, (span, trace, pick) => {
    const attempt = span.attributes['agento.attempt'] as number;
    const [writer, earlier] = [writerOf(trace, span), writerOf(trace, span, attempt - 1)];
    const [now, before] = [textOf(writer), textOf(earlier)];
    const event = pick(span.events.filter(({ name }) => name === 'agento.feedback'));
    if (!writer || !event || now === null || before === null) return false;
    const changed = change(event.attributes as Feedback, { before, now });
    if (!changed) return false;
    Object.assign(event.attributes, changed);
    changeOutputs(span, (outputs: { feedback: { suggestion_id: string }[] }) => ({
      ...outputs,
      feedback: outputs.feedback.map((one) =>
        one.suggestion_id === event.attributes.suggestion_id ? { ...one, ...changed } : one,
      ),
    }));
    return [span.span_id, writer.span_id];
  });
}

const sentences = (text: string) => text.split(/(?<=\.)\s+/).filter((one) => one.length > 30);

const ignored = variantsOf('feedback.ignored', [
  ['a suggestion is found ignored', true, answered(() => ({ status: 'ignored', evidence: '' }))],
  [
    'a suggestion is found ignored, with a remark',
    true,
    answered((_, { now }) => ({ status: 'ignored', evidence: sentences(now)[0] ?? '' })),
  ],
  [
    'nobody says what became of a suggestion that was told',
    true,
    inOne(answering, (span, trace) => {
      span.events = span.events.filter(({ name }) => name !== 'agento.feedback');
      changeOutputs(span, (outputs: object) => ({ ...outputs, feedback: [] }));
      return [span, writerOf(trace, span)].flatMap((one) => (one ? [one.span_id] : []));
    }),
  ],
  [
    'the text is handed back as it was',
    true,
    inOne(answering, (span, trace) => {
      const attempt = span.attributes['agento.attempt'] as number;
      const before = textOf(writerOf(trace, span, attempt - 1));
      const writer = writerOf(trace, span);
      if (before === null || !writer || before === textOf(writer)) return false;
      changeOutputs(writer, (outputs: object) => ({ ...outputs, text: before }));
      for (const event of span.events)
        if (event.name === 'agento.feedback')
          Object.assign(event.attributes, { status: 'addressed', evidence: sentences(before)[0] });
      return [span.span_id, writer.span_id];
    }),
  ],
  ['a suggestion is taken up in part', false, answered(({ evidence }) => ({ status: 'partial', evidence }))],
  [
    'the last judge suggests more, and there is no further attempt',
    false,
    inOne(answering, (span) => {
      span.attributes['agento.suggestions.count'] = 1;
      changeOutputs(span, (outputs: { evaluation: object }) => ({
        ...outputs,
        evaluation: {
          ...outputs.evaluation,
          improvement_suggestions: [{ id: 'p9-i9-a9-s1', text: 'Say who pays for it.' }],
        },
      }));
      for (const verdict of verdictsOn(span).slice(0, 1)) judgeBy(span, verdict, 'partially_met');
      return;
    }),
  ],
  [
    'the judge speaks of a suggestion that nobody made',
    true,
    inOne(answering, (span, trace) => {
      const event = span.events.find(({ name }) => name === 'agento.feedback');
      if (!event) return false;
      event.attributes.suggestion_id = 'p9-i9-a1-s9';
      return [span, writerOf(trace, span)].flatMap((one) => (one ? [one.span_id] : []));
    }),
  ],
]);

const unproven = variantsOf('feedback.unproven', [
  [
    'the passage stands nowhere',
    true,
    answered(() => ({
      status: 'addressed',
      evidence: 'Everybody signs a pledge in the presence of the mayor.',
    })),
  ],
  ['taken up, without a passage', true, answered(() => ({ status: 'addressed', evidence: '' }))],
  [
    'taken up in part, by a passage that stands nowhere',
    true,
    answered(() => ({ status: 'partial', evidence: 'The hours are paid from a fund of the county.' })),
  ],
  [
    'the passage has another figure in it',
    true,
    answered(({ evidence }) =>
      /\d|the/.test(evidence)
        ? { status: 'addressed', evidence: evidence.replace(/\d+|the/, 'seventeen') }
        : null,
    ),
  ],
  [
    'the passage in other quotation marks and spaces',
    false,
    answered(({ evidence }) =>
      evidence === ''
        ? null
        : { status: 'addressed', evidence: evidence.replaceAll(/[“”]/g, '"').replaceAll(' ', '  ') },
    ),
  ],
  [
    'half of the passage',
    false,
    answered(({ evidence }) =>
      evidence.length > 60
        ? { status: 'addressed', evidence: evidence.slice(0, evidence.lastIndexOf(' ', 60)) }
        : null,
    ),
  ],
  [
    'taken up in part, by a passage',
    false,
    answered(({ evidence }) => (evidence === '' ? null : { status: 'partial', evidence })),
  ],
  [
    'the words of the passage in another order',
    true,
    answered(({ evidence }) => {
      const words = evidence.split(' ');
      return words.length < 6 ? null : { status: 'addressed', evidence: words.toReversed().join(' ') };
    }),
  ],
  [
    'the suggestion itself is given as the passage',
    true,
    answered((was) => ({ status: 'addressed', evidence: (was as unknown as { text: string }).text })),
  ],
  [
    'the passage with its middle left out',
    false,
    answered(({ evidence }) => {
      const words = evidence.split(' ');
      if (words.length < 9) return null;
      return {
        status: 'addressed',
        evidence: `${words.slice(0, 4).join(' ')} … ${words.slice(-3).join(' ')}`,
      };
    }),
  ],
]);

const notNew = variantsOf('feedback.not_new', [
  [
    'the passage stood there before',
    true,
    answered((_, { before, now }) => {
      const old = sentences(before).find((one) => now.includes(one));
      return old === undefined ? null : { status: 'addressed', evidence: old };
    }),
  ],
  [
    'a passage of which half stood there before',
    false,
    answered((_, { before, now }) => {
      const at = sentences(now).findIndex((one, index) => index > 0 && !before.includes(one));
      const passage = sentences(now)
        .slice(at - 1, at + 1)
        .join(' ');
      return at < 1 || !now.includes(passage) ? null : { status: 'addressed', evidence: passage };
    }),
  ],
  [
    'a suggestion that is ignored, with an old passage',
    false,
    answered((_, { now }) => ({ status: 'ignored', evidence: sentences(now)[0] ?? '' })),
  ],
]);

export const ofFeedback: Variant[] = [...ignored, ...unproven, ...notNew];
