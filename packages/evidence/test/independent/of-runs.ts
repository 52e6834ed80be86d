import type { RecordedSpan, Trace } from '../../src/index.ts';
import { again, callOf, callsIn, failWith, lastFor, stepsNamed } from './altered.ts';
import { inAll, inOne, run, type Variant, variantsOf } from './variant.ts';

const stepsWithModel = (trace: Trace) =>
  trace.spans.filter(({ attributes }) => 'agento.prompt.sha256' in attributes);
const withCall = (trace: Trace, step: RecordedSpan) => {
  const call = callOf(trace, step);
  return call ? [step.span_id, call.span_id] : [step.span_id];
};

/** What happens when an answer cannot be used: a further call. */
function repaired(step: RecordedSpan, trace: Trace, id: string): string[] {
  const call = callOf(trace, step);
  step.attributes['agento.repaired'] = true;
  if (!call) return [step.span_id];
  const other = again(trace, call, id);
  other.attributes['agento.repair'] = true;
  other.attributes['agento.call.key'] = `${String(call.attributes['agento.call.key'])}/call-2`;
  return [step.span_id, call.span_id, other.span_id];
}

const unusable = variantsOf('answer.unusable', [
  [
    'asked for again',
    true,
    inOne(stepsWithModel, (span, trace) => repaired(span, trace, 'c1b2c3d4e5f60718')),
  ],
  [
    'cut off at the limit of tokens',
    true,
    inOne(stepsWithModel, (span, trace) => {
      const call = callOf(trace, span);
      if (!call) return false;
      call.attributes['gen_ai.response.finish_reasons'] = ['length'];
      return [span.span_id, call.span_id];
    }),
  ],
  [
    'refused',
    true,
    inOne(
      (trace) => stepsNamed(trace, 'expansion_evaluation'),
      (span, trace) => {
        failWith(span, 'model_refused');
        span.events = span.events.filter(({ name }) => name !== 'gen_ai.evaluation.result');
        return withCall(trace, span);
      },
    ),
  ],
  [
    'withheld by a filter',
    true,
    inOne(
      (trace) => stepsNamed(trace, 'item_generation'),
      (span, trace) => {
        const call = callOf(trace, span);
        if (!call) return false;
        call.attributes['gen_ai.response.finish_reasons'] = ['content_filter'];
        for (const one of [span, call]) failWith(one, 'model_refused');
        return [span.span_id, call.span_id];
      },
    ),
  ],
  [
    'no answer of use, even asked again',
    true,
    inOne(
      (trace) => stepsNamed(trace, 'expansion_evaluation'),
      (span, trace) => {
        const spans = repaired(span, trace, 'c1b2c3d4e5f60719');
        failWith(span, 'answer_invalid');
        return spans;
      },
    ),
  ],
  [
    'the endpoint was busy at first',
    false,
    inOne(stepsWithModel, (span, trace) => {
      const call = callOf(trace, span);
      call?.events.push({
        name: 'agento.llm.retry',
        time: call.start,
        attributes: { attempt: 1, status: 503, error: 'busy', delay_ms: 500 },
      });
      return;
    }),
  ],
  [
    'the answer stood in a fence',
    false,
    inOne(stepsWithModel, (span, trace) => {
      const call = callOf(trace, span);
      if (call) call.attributes['agento.answer.recovered'] = ['fence'];
      return;
    }),
  ],
]);

/** Of one agent in all runs, each answer whose place in the order is chosen is spoilt. */
function spoilt(
  step: string,
  isSpoilt: (index: number) => boolean,
  how: (span: RecordedSpan, trace: Trace, index: number) => void,
): Variant['plant'] {
  return (traces) => {
    let index = 0;
    const changed: string[] = [];
    for (const trace of traces)
      for (const span of stepsNamed(trace, step)) {
        if (isSpoilt(index)) {
          how(span, trace, index);
          changed.push(span.span_id, ...withCall(trace, span));
        }
        index += 1;
      }
    return changed.length > 0 ? changed : null;
  };
}

const idOf = (index: number) => `d1b2c3d4${index.toString(16).padStart(8, '0')}`;
const askAgain = (span: RecordedSpan, trace: Trace, index: number) => void repaired(span, trace, idOf(index));

const behind = variantsOf('prompt.behind_failures', [
  [
    'a third of the answers to one prompt asked for again',
    true,
    spoilt('expansion_evaluation', (index) => index % 3 === 0, askAgain),
  ],
  [
    'a fifth of the answers to one prompt cut off',
    true,
    spoilt(
      'item_generation',
      (index) => index % 5 === 0,
      (span, trace) => {
        const call = callOf(trace, span);
        if (call) call.attributes['gen_ai.response.finish_reasons'] = ['length'];
      },
    ),
  ],
  [
    'a new version of one prompt fails half of the time, the old one never',
    true,
    (traces) => {
      const changed: string[] = [];
      traces.forEach((trace, at) => {
        if (at % 2 === 0) return;
        stepsNamed(trace, 'expansion_evaluation').forEach((span, index) => {
          span.attributes['agento.prompt.version'] = '9.9.0';
          span.attributes['agento.prompt.sha256'] = 'f'.repeat(64);
          if (index % 2 === 0) {
            failWith(span, 'answer_invalid');
            span.events = span.events.filter(({ name }) => name !== 'gen_ai.evaluation.result');
          }
          changed.push(...withCall(trace, span));
        });
      });
      return changed;
    },
  ],
  [
    'all answers to one prompt refused',
    true,
    spoilt(
      'deficiency_analysis',
      () => true,
      (span) => failWith(span, 'model_refused'),
    ),
  ],
  [
    'one of fifty answers asked for again',
    false,
    spoilt('expansion_evaluation', (index) => index % 50 === 0, askAgain),
  ],
  [
    'the model was away now and then',
    false,
    spoilt(
      'expansion_evaluation',
      (index) => index % 4 === 0,
      (span, trace) => {
        failWith(span, 'model_unavailable');
        const call = callOf(trace, span);
        if (call) failWith(call, 'model_unavailable');
      },
    ),
  ],
  [
    'two of the answers to a prompt asked for again',
    false,
    spoilt('item_generation', (index) => index === 3 || index === 20, askAgain),
  ],
  [
    'two of the first five answers to a prompt asked for again',
    false,
    (traces) => {
      traces.length = 1;
      const [trace] = traces;
      if (!trace) return null;
      stepsNamed(trace, 'item_generation')
        .slice(0, 2)
        .forEach((span, index) => {
          askAgain(span, trace, index);
        });
      return [];
    },
  ],
]);

/** A call that lasts so long, in a run whose calls otherwise last so long. */
const lasting = (own: number, others?: number) =>
  inOne(stepsWithModel, (span, trace) => {
    const call = callOf(trace, span);
    if (!call) return false;
    if (others !== undefined) for (const other of callsIn(trace)) lastFor(other, others);
    lastFor(call, own);
    span.end = call.end;
    return [span.span_id, call.span_id];
  });

const slow = variantsOf('call.slow', [
  ['a call of a minute', true, lasting(60_000)],
  ['a call of 6 s', true, lasting(6_000)],
  ['a call of 12 s where others last 2 s', true, lasting(12_000, 2_000)],
  [
    'a search that takes 30 s',
    true,
    inOne(
      (trace) => stepsNamed(trace, 'search_agent'),
      (span, trace) => {
        const tool = again(trace, span, 'e1b2c3d4e5f60718');
        tool.name = 'execute_tool web_search';
        tool.parent_span_id = span.span_id;
        tool.attributes = {
          ...Object.fromEntries(
            Object.entries(span.attributes).filter(
              ([key]) => !key.startsWith('gen_ai') && !key.startsWith('ai.'),
            ),
          ),
          'agento.step': 'tool.call',
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': 'web_search',
        };
        tool.events = [];
        const call = callOf(trace, span);
        if (!call) return false;
        const searching = again(trace, call, 'e1b2c3d4e5f60719');
        searching.parent_span_id = tool.span_id;
        searching.attributes['agento.call.key'] = `${String(call.attributes['agento.call.key'])}/search-1-1`;
        for (const one of [searching, tool, span]) lastFor(one, 30_000);
        return [span.span_id, tool.span_id, searching.span_id];
      },
    ),
  ],
  [
    'writing the files takes 20 s',
    true,
    inOne(
      (trace) => stepsNamed(trace, 'file_export'),
      (span) => {
        lastFor(span, 20_000);
        return;
      },
    ),
  ],
  ['a call of 4 s', false, lasting(4_000)],
  ['a call of 12 s where others last 10 s', false, lasting(12_000, 10_000)],
  ['a call of 5.5 s where others last 1.5 s', false, lasting(5_500, 1_500)],
  [
    'a run was replayed: nothing took time but the one call asked anew, which took 6 s',
    false,
    inOne(stepsWithModel, (span, trace) => {
      const call = callOf(trace, span);
      if (!call) return false;
      for (const other of callsIn(trace)) {
        lastFor(other, 0);
        if (other === call) continue;
        other.attributes['agento.replayed'] = true;
        other.attributes['gen_ai.usage.input_tokens'] = 0;
        other.attributes['gen_ai.usage.output_tokens'] = 0;
      }
      lastFor(call, 6_000);
      span.end = call.end;
      return;
    }),
  ],
]);

const tokensIn = (trace: Trace) =>
  callsIn(trace).reduce(
    (sum, { attributes }) =>
      sum +
      Number(attributes['gen_ai.usage.input_tokens'] ?? 0) +
      Number(attributes['gen_ai.usage.output_tokens'] ?? 0),
    0,
  );

/** A call that takes this share of all tokens of its run. */
const taking = (share: number, key: 'input' | 'output') =>
  inOne(callsIn, (call, trace) => {
    const others =
      tokensIn(trace) -
      Number(call.attributes['gen_ai.usage.input_tokens']) -
      Number(call.attributes['gen_ai.usage.output_tokens']);
    call.attributes['gen_ai.usage.input_tokens'] = 10;
    call.attributes['gen_ai.usage.output_tokens'] = 10;
    call.attributes[`gen_ai.usage.${key}_tokens`] = Math.round((others * share) / (1 - share)) - 10;
    return [call.span_id, call.parent_span_id];
  });

const dear = variantsOf('call.dear', [
  ['a call that reads half of all tokens', true, taking(0.5, 'input')],
  ['a call that writes 30 % of all tokens', true, taking(0.3, 'output')],
  [
    'a call that costs most of the money, with few tokens',
    true,
    inOne(callsIn, (call, trace) => {
      for (const other of callsIn(trace)) other.attributes['agento.cost.usd'] = 0.001;
      call.attributes['agento.cost.usd'] = 2;
      return [call.span_id, call.parent_span_id];
    }),
  ],
  ['a call that takes a tenth of all tokens', false, taking(0.1, 'input')],
  [
    'all calls cost the same',
    false,
    inAll(callsIn, (call) => {
      call.attributes['agento.cost.usd'] = 0.01;
    }),
  ],
]);

const waiting = (queue: number, lasts: number) =>
  inOne(callsIn, (call) => {
    call.attributes['agento.llm.queue_ms'] = queue;
    lastFor(call, lasts);
    return [call.span_id, call.parent_span_id];
  });

const queued = variantsOf('call.queued', [
  ['waits 5 s for an answer of 2 s', true, waiting(5_000, 2_000)],
  ['waits 90 s for an answer of 60 s', true, waiting(90_000, 60_000)],
  ['waits 1.5 s for an answer of 1 s', true, waiting(1_500, 1_000)],
  ['waits 0.5 s', false, waiting(500, 100)],
  ['waits 1.5 s for an answer of 20 s', false, waiting(1_500, 20_000)],
  ['waits 1.2 s for an answer of 1.1 s', true, waiting(1_200, 1_100)],
]);

/** A verdict of a guardrail on a step's answer. */
const guarded = (passed: boolean, action: string) =>
  inOne(stepsWithModel, (span, trace) => {
    const [sample] = stepsNamed(trace, 'validation');
    if (!sample) return false;
    const verdict = again(trace, sample, 'f1b2c3d4e5f60718');
    verdict.parent_span_id = span.span_id;
    verdict.start = span.start;
    verdict.end = span.end;
    verdict.resource = span.resource;
    verdict.scope = span.scope;
    Object.assign(verdict.attributes, {
      'agent.name': span.attributes['agent.name'],
      'guardrail.name': 'names_a_figure',
      'guardrail.action': action,
      'guardrail.passed': passed,
      'guardrail.problems': passed ? [] : ['The answer names no figure.'],
    });
    if (action === 'block' && !passed) {
      failWith(verdict, 'guardrail_blocked');
      failWith(span, 'guardrail_blocked');
    }
    return [verdict.span_id, span.span_id];
  });

const fired = variantsOf('guardrail.fired', [
  ['a guardrail warned', true, guarded(false, 'warn')],
  ['a guardrail blocked', true, guarded(false, 'block')],
  ['a guardrail had an answer repaired', true, guarded(false, 'repair')],
  [
    'the module found its own output invalid',
    true,
    inOne(
      (trace) => stepsNamed(trace, 'validation'),
      (span) => {
        span.attributes['guardrail.passed'] = false;
        span.attributes['guardrail.problems'] = ['/goal is missing'];
        return;
      },
    ),
  ],
  ['a guardrail was content', false, guarded(true, 'warn')],
  ['a guardrail that blocks was content', false, guarded(true, 'block')],
]);

const below = (trace: Trace, span: RecordedSpan): RecordedSpan[] => [
  span,
  ...trace.spans
    .filter(({ parent_span_id }) => parent_span_id === span.span_id)
    .flatMap((child) => below(trace, child)),
];

const losing = (places: (trace: Trace) => RecordedSpan[], alsoBelow = false) =>
  inOne(places, (span, trace) => {
    const gone = new Set(alsoBelow ? below(trace, span) : [span]);
    trace.spans = trace.spans.filter((one) => !gone.has(one));
    return [run];
  });

const incomplete = variantsOf('evidence.incomplete', [
  ['a call is lost', true, losing(callsIn)],
  ['a step is lost, its call is there', true, losing(stepsWithModel)],
  ['a step and its call are lost', true, losing((trace) => stepsNamed(trace, 'expansion_evaluation'), true)],
  ['a module’s own span is lost', true, losing((trace) => stepsNamed(trace, 'run_module_3'))],
  ['a module is lost with all its spans', true, losing((trace) => stepsNamed(trace, 'run_module_3'), true)],
  [
    'all spans of the last module are lost',
    true,
    inOne(
      (trace) => stepsNamed(trace, 'run_module_5'),
      (_, trace) => {
        trace.spans = trace.spans.filter(({ resource }) => resource['module.number'] !== 5);
        return [run];
      },
    ),
  ],
  [
    'a span was too large and shed its texts',
    true,
    inOne(stepsWithModel, (span) => {
      span.events = span.events.filter(({ name }) => name !== 'ai.payload.large');
      span.attributes['agento.shed'] = true;
      span.attributes['agento.shed.bytes'] = 5_000_000;
      return [run, span.span_id];
    }),
  ],
  [
    'a foreign span is lost',
    false,
    inOne(
      (trace) => stepsNamed(trace, 'POST /run').slice(0, 1),
      (_, trace) => {
        for (const span of trace.spans) span.attributes.more = 1;
        return;
      },
    ),
  ],
  [
    'the run was stopped after module 2, as asked',
    false,
    inOne(
      (trace) => stepsNamed(trace, 'run_module_2'),
      (span, trace) => {
        span.attributes['agento.next_module'] = 0;
        const hop = trace.spans.find(
          ({ name, resource }) => name === 'POST' && resource['module.number'] === 2,
        );
        const gone = new Set(hop ? below(trace, hop) : []);
        trace.spans = trace.spans.filter((one) => !gone.has(one));
        return;
      },
    ),
  ],
  [
    'the call of the next module is lost',
    true,
    losing((trace) => stepsNamed(trace, 'POST').filter(({ resource }) => resource['module.number'] === 2)),
  ],
  ['what a module handed on is lost', true, losing((trace) => stepsNamed(trace, 'output_creation'))],
]);

const texts =
  /^(ai\.(prompt|response)|user\.goal|gen_ai\.(input|output)\.messages|module_output|agento\.plan\.(section|summary)|agento\.decision\.(reason|tie_break)|gen_ai\.evaluation\.explanation)/;
const contentOff = (only?: number) =>
  inOne(
    (trace) => stepsNamed(trace, 'run_module_1'),
    (_, trace) => {
      for (const span of trace.spans) {
        if (only !== undefined && span.resource['module.number'] !== only) continue;
        span.resource = { ...span.resource, 'agento.content': 'off' };
        for (const key of Object.keys(span.attributes)) if (texts.test(key)) delete span.attributes[key];
        span.events = span.events.filter(
          ({ name }) => !/^(full_|capture\.|module_output|ai\.payload|comparison|agento\.plan)/.test(name),
        );
      }
      return [run];
    },
  );

const off = variantsOf('evidence.content_off', [
  ['content is off in all modules', true, contentOff()],
  ['content is off in one module', true, contentOff(3)],
  ['content is off in the first module', true, contentOff(1)],
  [
    'a service says that content is on',
    false,
    inAll(
      (trace) => trace.spans,
      (span) => {
        span.resource = { ...span.resource, 'agento.content': 'on' };
      },
    ),
  ],
]);

export const ofRuns: Variant[] = [
  ...unusable,
  ...behind,
  ...slow,
  ...dear,
  ...queued,
  ...fired,
  ...incomplete,
  ...off,
];
