import { chain } from '@agento/contracts';
import { describe, expect, test } from 'vitest';
import { parseOtlpJson, type RecordedSpan, rules, type Trace, validate } from '../src/index.ts';
import { executionOf, moduleOf } from '../src/model.ts';
import { goldenTrace } from './golden/load.ts';
import { goodTrace } from './good-trace.ts';
import { removeRequired } from './remove-required.ts';

const text = goodTrace();
const good = parseOtlpJson(text);

/** Names of the rules that the trace breaks, each once. */
function brokenBy(trace: Trace): string[] {
  return [...new Set(validate(trace, { complete: true }).map(({ rule }) => rule))];
}

describe('with one required thing taken away, the validator names it', () => {
  const required = rules.filter(({ subject }) => subject).map((rule) => ({ name: rule.name, rule }));

  test.each(required)('$name', ({ rule }) => {
    expect(brokenBy(removeRequired(good, rule))).toContain(rule.name);
  });

  // The trace above is built from the validator's own table of steps; these know nothing of it.
  const golden = {
    whole: goldenTrace('published'),
    tool: goldenTrace('web-search'),
    reviewed: goldenTrace('reviewed'),
  };
  const ofReview = /^module5\.(human_review\.|revision_implementation\..*link\.review$)/;
  const resumed = goldenTrace('resumed');

  test.each(required)('$name, of a golden trace', ({ rule }) => {
    const trace = rule.name.startsWith('execute_tool.')
      ? golden.tool
      : ofReview.test(rule.name)
        ? golden.reviewed
        : golden.whole;
    expect(brokenBy(trace)).not.toContain(rule.name);
    expect(brokenBy(removeRequired(trace, rule))).toContain(rule.name);
  });

  // Modules 3 and 4 were executed twice. Without the second run_module_3 or the second POST there is still the first.
  const twice = required.filter(
    ({ name }) =>
      /^module[34]\./.test(name) && !/^module3\.run_module\.span$|^module4\.hop\.span$/.test(name),
  );
  test.each(twice)('$name, of the executions that count', ({ rule }) => {
    expect(brokenBy(removeRequired(resumed, rule))).toContain(rule.name);
  });
});

/** Changes the first span of that name; answers with the whole trace. */
function changed(name: string, change: (span: RecordedSpan, trace: Trace) => void): Trace {
  const trace = structuredClone(good);
  const span = trace.spans.find((other) => other.name === name || other.name.startsWith(`${name} `));
  if (!span) throw new Error(`no span ${name}`);
  change(span, trace);
  return trace;
}
function fail(span: RecordedSpan): void {
  span.status = { code: 'ERROR', message: 'broken' };
}
function event(span: RecordedSpan, name: string) {
  const found = span.events.find((other) => other.name === name);
  if (!found) throw new Error(`${span.name} has no event ${name}`);
  return found.attributes;
}

/** Changes the span of that name in the given execution of module 3; answers with the whole golden trace. */
function resumed(name: string, execution: number, change: (span: RecordedSpan, trace: Trace) => void): Trace {
  const trace = goldenTrace('resumed');
  const span = trace.spans.find(
    (other) =>
      moduleOf(other) === 3 &&
      executionOf(other) === execution &&
      (other.name === name || other.name.startsWith(`${name} `)),
  );
  if (!span) throw new Error(`no span ${name} in execution ${execution}`);
  change(span, trace);
  return trace;
}

/** For each rule that is about how things are rather than that they are there: a trace that breaks it. */
const breaking: Record<string, () => Trace> = {
  'encoding.json': () => parseOtlpJson(`${text}\n{"resource`),
  'encoding.ids': () => parseOtlpJson(text.replace('"spanId":"aaaaaaaaaaaaaaa1"', '"spanId":"qqqqqqqqqqo="')),
  'encoding.enums': () => parseOtlpJson(text.replace('"kind":2', '"kind":"SPAN_KIND_SERVER"')),
  'encoding.integers': () => parseOtlpJson(text.replace('"intValue":"1001"', '"intValue":1001')),
  'encoding.values': () =>
    parseOtlpJson(text.replace('{"intValue":"1001"}', '{"intValue":"1001","stringValue":"x"}')),
  'encoding.plain_values': () =>
    changed('search_agent', (span) => {
      event(span, 'full_prompt').extra = null;
    }),
  'encoding.times': () =>
    changed('search_agent', (span) => {
      span.end = span.start - 1n;
    }),
  'moduleN.resource.no_leak': () =>
    changed('request', (span) => {
      span.resource['process.command_line'] = 'node src/server.ts';
    }),
  'moduleN.scope': () =>
    changed('search_agent', (span) => {
      span.scope = { name: 'agento.module1', version: '' };
    }),
  'trace.spans': () => ({ ...good, spans: [] }),
  'trace.run': () => ({ ...good, spans: good.spans.slice(0, 1) }),
  'trace.parents': () =>
    changed('search_agent', (span) => {
      span.parent_span_id = 'bbbbbbbbbbbbbbbb';
    }),
  'trace.roots': () =>
    changed('search_agent', (span) => {
      span.parent_span_id = '';
    }),
  'moduleN.run_module.encloses': () =>
    changed('search_agent', (span) => {
      span.end += 10_000_000_000n;
    }),
  'moduleN.hop.after_run_module': () =>
    changed('run_module_1', (span) => {
      span.end += 10_000_000_000n;
    }),
  'moduleN.size': () =>
    changed('item_generation', (span, trace) => {
      for (let index = 0; index < 80; index += 1) {
        trace.spans.push({ ...span, span_id: index.toString(16).padStart(16, 'c') });
      }
    }),
  'moduleN.validation.guardrail.action': () =>
    changed('validation', (span) => {
      span.attributes['guardrail.action'] = '';
    }),
  'moduleN.validation.guardrail.outcome': () =>
    changed('validation', (span) => {
      span.attributes['guardrail.outcome'] = '';
    }),
  'moduleN.validation.guardrail.file_sha256': () =>
    changed('validation', (span) => {
      span.attributes['guardrail.file_sha256'] = '';
    }),
  'moduleN.validation.guardrail.place': () =>
    changed('validation', (span) => {
      span.attributes['guardrail.action'] = 'warn';
    }),
  'moduleN.validation.guardrail.verdict': () =>
    changed('validation', (span) => {
      Object.assign(span.attributes, { 'guardrail.action': 'warn', 'guardrail.outcome': 'blocked' });
    }),
  'moduleN.known_spans': () =>
    changed('request', (span, trace) => {
      trace.spans.push({
        ...span,
        span_id: 'cccccccccccccccc',
        name: 'middleware',
        parent_span_id: span.span_id,
      });
    }),
  'moduleN.error.type': () => changed('search_agent', fail),
  'moduleN.error.exception': () => changed('search_agent', fail),
  'moduleN.error.reaches_caller': () => changed('run_module_1', fail),
  'moduleN.chat.subject': () =>
    changed('item_generation', (span, trace) => {
      const chat = trace.spans.find((other) => other.parent_span_id === span.span_id);
      if (chat) chat.attributes['agento.item.id'] = 'another';
    }),
  'moduleN.chat.cost': () =>
    changed('chat', (span) => {
      span.attributes['agento.cost.usd'] = 0.1;
    }),
  'moduleN.chat.agento.llm.retry': () =>
    changed('chat', (span) => {
      span.events.push({ name: 'agento.llm.retry', time: span.start, attributes: { attempt: 1 } });
    }),
  'moduleN.plan_expansion.consistent': () =>
    changed('plan_expansion', (span) => {
      span.attributes['agento.verdicts.not_judged_count'] = 9;
    }),
  'moduleN.revision_implementation.consistent': () =>
    changed('revision_baseline', (span) => {
      for (const { name, attributes } of span.events) {
        if (name === 'gen_ai.evaluation.result') attributes['gen_ai.evaluation.score.value'] = 1;
      }
    }),
  'moduleN.quality_check.consistent': () =>
    changed('quality_check', (span) => {
      for (const { attributes } of span.events) {
        if (attributes['agento.constraint.id'] === undefined) continue;
        attributes['agento.constraint.status'] = 'broken';
        attributes['gen_ai.evaluation.score.value'] = 0;
      }
    }),
  'trace.not_judged': () =>
    changed('run_module_3', (_root, trace) => {
      for (const span of trace.spans.filter(({ name }) => name === 'expansion_evaluation').slice(0, 3)) {
        span.status = { code: 'ERROR', message: 'The answer was still invalid' };
        span.attributes['error.type'] = 'answer_invalid';
      }
    }),
  'trace.step_name': () =>
    changed('chat', (span) => {
      span.attributes['agento.step.name'] = 'another';
    }),
  'trace.genai.workflow': () =>
    changed('run_module_1', (span) => {
      span.attributes['gen_ai.operation.name'] = 'invoke_agent';
    }),
  'trace.genai.conversation': () =>
    changed('search_agent', (span) => {
      span.attributes['gen_ai.conversation.id'] = 'another';
    }),
  'trace.genai.span_name': () =>
    changed('search_agent', (span) => {
      delete span.attributes['agento.genai.span_name'];
    }),
  'trace.genai.prompt': () =>
    changed('chat', (span) => {
      span.attributes['gen_ai.prompt.version'] = 'another';
    }),
  'trace.genai.tool': () =>
    changed('execute_tool', (span) => {
      delete span.attributes['gen_ai.tool.type'];
    }),
  'trace.genai.cache_write': () =>
    changed('chat', (span) => {
      span.attributes['gen_ai.usage.cache_creation.input_tokens'] = 16;
    }),
  'trace.genai.judged_response': () =>
    changed('expansion_evaluation', (span) => {
      event(span, 'gen_ai.evaluation.result')['gen_ai.response.id'] = '';
    }),
  'trace.run_id': () =>
    changed('search_agent', (span) => {
      span.attributes['agento.run.id'] = '0190a3c2-7f1e-7c3a-9d35-0242ac12ffff';
    }),
  'trace.circles': () =>
    changed('search_agent', (span) => {
      span.parent_span_id = span.span_id;
    }),
  'trace.redaction': () =>
    changed('search_agent', (span) => {
      span.attributes['agento.redactions'] = 1;
    }),
  'payload.size': () =>
    changed('search_agent', (span) => {
      delete span.attributes['ai.prompt_size'];
    }),
  'payload.event': () =>
    changed('search_agent', (span) => {
      span.events = span.events.filter(({ name }) => name !== 'ai.payload.large');
    }),
  'payload.attribute_size': () =>
    changed('search_agent', (span) => {
      span.attributes['ai.response'] = 'ü'.repeat(5_000);
    }),
  'payload.compressed': () =>
    changed('plan_evaluation', (span) => {
      event(span, 'ai.payload.large.compressed').original_size = 1;
    }),
  'payload.reference': () =>
    changed('search_agent', (span) => {
      event(span, 'full_prompt').payload_key = 'ai.other';
    }),
  'module1.criteria_evaluation.agento.decision.tie_break': () =>
    changed('criteria_evaluation', (span) => {
      delete span.attributes['agento.decision.tie_break'];
    }),
  'module1.criteria_evaluation.agento.decision.tie_break.event': () =>
    changed('criteria_evaluation', (span) => {
      delete event(span, 'agento.decision').tie_break;
    }),
  'module1.constraint_extraction.agento.constraints.dropped_count': () =>
    changed('constraint_extraction', (span) => {
      span.attributes['agento.constraints.dropped_count'] = 'two';
    }),
  'module3.expansion_evaluation.one_verdict': () =>
    changed('expansion_evaluation', (span) => {
      span.attributes['agento.verdict.pass'] = false;
    }),
  'module5.revision_evaluation.agento.feedback.quoted': () =>
    changed('revision_evaluation', (_span, trace) => {
      const second = trace.spans.findLast(({ events }) =>
        events.some(({ name }) => name === 'agento.feedback'),
      );
      if (second) event(second, 'agento.feedback').evidence = 'made up';
    }),
  'module5.file_export.final_plan': () =>
    changed('run_module_5', (_span, trace) => {
      trace.spans = trace.spans.filter(
        ({ events }) => !events.some(({ name }) => name === 'agento.artifact'),
      );
    }),
  'trace.content_off': () =>
    changed('run_module_1', (span) => {
      span.resource['agento.content'] = 'off';
    }),
  'moduleN.run_module.link.openai': () =>
    changed('run_module_2', (span) => {
      const attributes = { source: 'openai-agents-sdk' };
      span.links.push({ trace_id: good.trace_id, span_id: 'dddddddddddddddd', attributes });
    }),
  'trace.execution': () =>
    resumed('plan_expansion', 2, (span) => {
      span.attributes['agento.run.execution'] = 1;
    }),
  'trace.interrupted': () =>
    resumed('plan_expansion', 1, (span) => {
      delete span.attributes['error.type'];
    }),
  'moduleN.run_module.link.resumed_from': () =>
    resumed('run_module_3', 2, (span) => {
      span.links = span.links.filter(({ attributes }) => attributes.relationship !== 'resumed_from');
    }),
  'moduleN.run_module.execution': () =>
    resumed('run_module_3', 1, (span) => {
      span.attributes['agento.run.execution'] = 2;
    }),
  'moduleN.run_module.continued': () =>
    resumed('run_module_3', 2, (_span, trace) => {
      trace.spans = trace.spans.filter((other) => moduleOf(other) !== 3 || executionOf(other) === 1);
    }),
  'moduleN.server.followed': () =>
    resumed('POST /run', 1, (span) => {
      span.attributes['agento.followed'] = true;
    }),
  'moduleN.chat.link.recorded_by': () =>
    resumed('chat', 2, (span) => {
      span.links = [];
    }),
  'moduleN.chat.call_key': () =>
    resumed('chat', 2, (span, trace) => {
      trace.spans.push({ ...span, span_id: 'cccccccccccccccc' });
    }),
  'moduleN.run_module.agento.replay': () =>
    changed('chat', (span) => {
      span.attributes['agento.replayed'] = true;
    }),
  'moduleN.chat.link.replayed_from': () =>
    changed('chat', (span) => {
      span.attributes['agento.replayed'] = true;
    }),
  'moduleN.chat.replayed': () =>
    changed('chat', (span) => {
      span.attributes['agento.replayed'] = true;
    }),
  'moduleN.run_module.order': () =>
    changed('run_module_3', (span, trace) => {
      const [link] = span.links;
      const first = trace.spans.find(({ name }) => name === 'run_module_1');
      if (link && first) link.span_id = first.span_id;
    }),
};

describe('with something changed, the validator names it', () => {
  test.each(Object.keys(breaking))('%s', (name) => {
    const trace = breaking[name]?.() ?? good;

    expect(
      brokenBy(trace).map((rule) =>
        name.startsWith('moduleN') ? rule.replace(/^module\d/, 'moduleN') : rule,
      ),
    ).toContain(name);
  });

  test.each(['kind', 'parent'])("every span's %s", (what) => {
    const table = rules
      .filter(({ name, subject }) => !subject && name.endsWith(`.${what}`))
      .map(({ name }) => name);
    const broken = table.filter((name) => {
      const [, module, at] = /^module(\d)\.(.+)\.\w+$/.exec(name) ?? [];
      const names: Record<string, string> = {
        server: 'POST /run',
        hop: 'POST',
        run_module: `run_module_${module}`,
      };
      const trace = structuredClone(good);
      const wanted = names[at ?? ''] ?? at ?? '';
      const span = trace.spans.find(
        (other) =>
          other.resource['module.number'] === Number(module) &&
          (other.name === wanted || (/^(chat|execute_tool)$/.test(wanted) && other.name.startsWith(wanted))),
      );
      if (!span) return false;
      if (what === 'kind') span.kind = span.name === 'POST' ? span.kind : 'PRODUCER';
      else
        span.parent_span_id =
          trace.spans.find((other) => other.name === 'chat agento-offline-1')?.span_id ?? '';
      return brokenBy(trace).includes(name);
    });
    // A POST of another kind is no hop; only module 1 uses a tool; nothing is called after the last.
    const excepted = new RegExp(`execute_tool|hop\\.kind|module${chain.length}\\.hop`);
    const left = table.filter((name) => !broken.includes(name) && !excepted.test(name));
    expect(left).toEqual([]);
  });

  test('the content that only a definition names, where content is off', () => {
    const off = parseOtlpJson(goodTrace({ content: false }));
    const steps = { output_creation: 'module_output', item_generation: 'agento.plan.section_truncated' };
    for (const [name, key] of Object.entries(steps)) {
      const trace = structuredClone(off);
      const span = trace.spans.find((other) => other.name === name);
      if (span) span.attributes[key] = 'content';
      expect(brokenBy(trace)).toContain('trace.content_off');
    }
  });

  test('no two rules have the same name', () => {
    const names = rules.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  test('every rule has a trace here that breaks it', () => {
    const tried = Object.keys(breaking);
    const left = rules
      .filter(({ subject, name }) => !subject && !/\.(kind|parent)$/.test(name))
      .map(({ name }) => name)
      .filter((name) => !tried.includes(name) && !tried.includes(name.replace(/^module\d/, 'moduleN')))
      // The same rule for other steps.
      .filter((name) => !/\.(tie_break|tie_break\.event|further_calls)$/.test(name));
    expect(left).toEqual([]);
  });

  test("a further call's own prompt", () => {
    const trace = changed('criteria_generation', (span, { spans }) => {
      const chat = spans.findLast((other) => other.parent_span_id === span.span_id);
      delete chat?.attributes['ai.prompt'];
    });
    expect(brokenBy(trace)).toEqual(['module1.criteria_generation.further_calls']);
  });
});
