import { asksModel, chain, type ModuleInfo } from '@agento/contracts';
import type { RecordedSpan } from '../model.ts';
import { fieldOf, jsonOf, payloadOf } from '../payload.ts';
import { failed, hasContent, type RunTrace } from '../run.ts';
import type { Rule } from './rule.ts';
import { type StepSpec, spansOf, steps } from './steps.ts';

const excerptLength = 1_000;

/** A rule about the spans of one step that did not fail and record content. */
function contentRule(
  step: { module: number; name: string },
  thing: string,
  requires: string,
  subject: Rule['subject'],
  check: (span: RecordedSpan, run: RunTrace) => string | null,
): Rule {
  return {
    name: `module${step.module}.${step.name}.${thing}`,
    module: step.module,
    where: step.name,
    requires,
    ...(subject && { subject }),
    check: (run) =>
      spansOf(run, step)
        .filter((span) => !failed(span) && hasContent(span))
        .flatMap((span) => {
          const detail = check(span, run);
          return detail === null ? [] : [{ span, detail }];
        }),
  };
}

function promptRules(step: { module: number; name: string }): Rule[] {
  const payload = (
    key: string,
    requires: string,
    wrong: (text: string, span: RecordedSpan) => string | null,
  ) =>
    contentRule(step, key, `${key}: ${requires}`, { kind: 'attribute', key }, (span) => {
      const recorded = payloadOf(span, key);
      if (recorded === null) return `${key} is missing: record it with setContent`;
      return recorded.whole ? wrong(recorded.text, span) : null;
    });
  const copy = (event: string, key: string) =>
    contentRule(
      step,
      event,
      `event ${event} {text}: the same text as ${key}`,
      { kind: 'event', event, field: 'text' },
      (span) => {
        const found = span.events.find(({ name }) => name === event);
        const text = found && fieldOf(span, found, 'text');
        if (!text) return `the event ${event} {text} is missing`;
        const whole = payloadOf(span, key);
        return !text.whole || !whole?.whole || text.text === whole.text
          ? null
          : `${event}'s text differs from ${key}`;
      },
    );
  return [
    payload('ai.prompt', 'the JSON of the messages as sent', (text) =>
      areMessages(jsonOf(text)) ? null : 'ai.prompt is not a JSON list of messages with role and content',
    ),
    payload('ai.response', 'the content as received', (text) =>
      text === '' ? 'ai.response is empty' : null,
    ),
    payload('ai.response_excerpt', `the first ${excerptLength} characters of ai.response`, (text, span) => {
      const response = payloadOf(span, 'ai.response');
      if ([...text].length > excerptLength)
        return `ai.response_excerpt is longer than ${excerptLength} characters`;
      return !response?.whole || response.text.startsWith(text)
        ? null
        : 'ai.response_excerpt is not the beginning of ai.response';
    }),
    copy('full_prompt', 'ai.prompt'),
    copy('full_response', 'ai.response'),
    contentRule(
      step,
      'further_calls',
      'every call after the first has ai.prompt and ai.response of its own',
      undefined,
      (span, run) => {
        const [, ...further] = run.tree.childrenOf(span).filter(({ name }) => name.startsWith('chat '));
        const lacking = further.find(
          (chat) => !failed(chat) && !(payloadOf(chat, 'ai.prompt') && payloadOf(chat, 'ai.response')),
        );
        return lacking
          ? `the chat span ${lacking.span_id} is a further call without ai.prompt or ai.response`
          : null;
      },
    ),
  ];
}

function areMessages(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((message) => typeof message?.role === 'string' && 'content' in message)
  );
}

function captureRules(step: { module: number; name: string }): Rule[] {
  const event = `capture.${step.name}`;
  return ['inputs', 'outputs'].map((field) =>
    contentRule(
      step,
      `${event}.${field}`,
      `event ${event} has ${field}`,
      { kind: 'event', event, field },
      (span) => {
        const found = span.events.find(({ name }) => name === event);
        if (!found) return `the event ${event} {inputs, outputs} is missing`;
        return fieldOf(span, found, field) ? null : `${event} has no ${field}`;
      },
    ),
  );
}

function outputRule({ number: module, adds }: ModuleInfo): Rule {
  const step = { module, name: 'output_creation' };
  const event = 'module_output.full';
  const keys = ['trace_metadata', ...Object.keys(adds.properties)];
  const requires = `event ${event} {json} with ${keys.join(', ')}`;
  return contentRule(step, event, requires, { kind: 'event', event, field: 'json' }, (span) => {
    const found = span.events.find(({ name }) => name === event);
    const json = found && fieldOf(span, found, 'json');
    if (!json) return `the event ${event} {json} is missing, or the event it names`;
    const output = jsonOf(json.text);
    const lacking = keys.filter((key) => !(typeof output === 'object' && output !== null && key in output));
    return json.whole && lacking.length > 0 ? `${event} has no ${lacking.join(', ')}` : null;
  });
}

/** Attributes and events with the result of a step, as named in its definition; outputs are checked above. */
function contentRules({ module, name, content = {}, events = {} }: StepSpec): Rule[] {
  if (name in specialised) return [];
  const step = { module, name };
  return [
    ...Object.keys(content).map((key) =>
      contentRule(step, key, `attribute ${key}: a non-empty string`, { kind: 'attribute', key }, (span) =>
        payloadOf(span, key)?.text ? null : `${key} is missing`,
      ),
    ),
    ...Object.entries(events)
      .filter(([event]) => !(event in specialised))
      .flatMap(([event, { fields }]) => fields.map((field) => eventRule(step, event, field))),
  ];
}

/** Steps and events with more specific rules: exports.ts, feedback.ts and outputRule. */
const specialised = { output_creation: true, validation: true, file_export: true, 'agento.feedback': true };

function eventRule(step: { module: number; name: string }, event: string, field: string): Rule {
  return contentRule(
    step,
    `${event}.${field}`,
    `event ${event} has ${field}`,
    { kind: 'event', event, field },
    (span) => {
      const found = span.events.find(({ name }) => name === event);
      const value = found && fieldOf(span, found, field);
      if (!value?.text) return `the event ${event} has no ${field}`;
      return field === 'json' && value.whole && jsonOf(value.text) === undefined
        ? `${event}'s ${field} is not JSON`
        : null;
    },
  );
}

const toolRules = ['gen_ai.tool.call.arguments', 'gen_ai.tool.call.result'].map(
  (key): Rule => ({
    name: `execute_tool.${key}`,
    module: null,
    where: 'execute_tool {tool}',
    requires: `attribute ${key}`,
    subject: { kind: 'attribute', key },
    check: (run) =>
      run.trace.spans
        .filter((span) => span.name.startsWith('execute_tool '))
        .filter((span) => !failed(span) && hasContent(span) && payloadOf(span, key) === null)
        .map((span) => ({ span, detail: `${key} is missing` })),
  }),
);

/** Prompts, answers, captures and outputs, complete or in their large forms. */
export const payloadRules: Rule[] = [
  ...steps.filter(asksModel).flatMap(promptRules),
  ...steps.flatMap(captureRules),
  ...steps.flatMap(contentRules),
  ...chain.map(outputRule),
  ...toolRules,
];
