import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { asksModel, chain } from '@agento/contracts';
import { steps } from '../src/rules/steps.ts';
import { type BuiltSpan, otlpAttributes, otlpSpan, type Values } from './otlp.ts';

export const runId = '0190a3c2-7f1e-7c3a-9d35-0242ac120002';
export const sha256 = createHash('sha256').update('prompt').digest('hex');
export const INTERNAL = 1;
export const SERVER = 2;
export const CLIENT = 3;
const model = 'agento-offline-1';

/** What the steps say came out, as docs/telemetry.md has it. */
const cameOut: Record<string, Values> = {
  search_agent: { 'agento.sources.count': 2 },
  criteria_evaluation: { 'agento.criteria.count': 5, 'agento.criteria.selected_count': 3 },
  plan_generation: { 'agento.plan.item_count': 4, 'agento.plan.rating': 7 },
  plan_evaluation: { 'agento.scores.count': 9 },
  plan_selection: { 'agento.plan.id': 'p1' },
  item_generation: { 'agento.section.size': 900 },
  deficiency_analysis: { 'agento.shortfalls.count': 1 },
  revision_generation: { 'agento.targeted_criteria.count': 1 },
  revision_attempt: { 'agento.attempt.meets_criteria': true },
  revision_apply: { 'agento.revised_text.size': 950 },
  revision_refinement: { 'agento.revised_text.size': 950 },
  revision_baseline: {
    'agento.attempt.meets_criteria': false,
    'agento.attempt.score': 0.5,
    'agento.suggestions.count': 1,
  },
  revision_evaluation: {
    'agento.attempt.meets_criteria': true,
    'agento.attempt.score': 0.9,
    'agento.suggestions.count': 0,
  },
  final_assembly: { 'agento.items.count': 4, 'agento.items.revised_count': 1 },
  output_creation: { 'agento.output.size': 4_000 },
};

/** Builds spans as docs/telemetry.md describes them, in the order of a clock of its own. */
export class SpanBuilder {
  readonly spans: BuiltSpan[] = [];
  readonly content: boolean;
  clock = 1_760_000_000_000_000_000n;
  count = 0;

  constructor(content: boolean) {
    this.content = content;
  }

  tick(): bigint {
    this.clock += 2_000_000n;
    return this.clock;
  }

  span(
    module: number,
    name: string,
    parent: BuiltSpan | null,
    rest: Partial<BuiltSpan>,
    inside: (span: BuiltSpan) => void = () => {},
  ): BuiltSpan {
    this.count += 1;
    const span: BuiltSpan = {
      module,
      id: this.count.toString(16).padStart(16, 'a'),
      parent: parent?.id ?? '',
      name,
      kind: INTERNAL,
      start: this.tick(),
      end: 0n,
      attributes: {},
      events: [],
      links: [],
      own: true,
      ...rest,
    };
    this.spans.push(span);
    inside(span);
    span.end = this.tick();
    return span;
  }

  texts(values: Values): Values {
    return this.content ? values : {};
  }

  /** Event with content; left out where content is off and nothing else is in it. */
  event(span: BuiltSpan, name: string, texts: Values, facts: Values = {}): void {
    const attributes = { ...facts, ...this.texts(texts) };
    if (Object.keys(attributes).length > 0) span.events.push({ name, attributes });
  }

  /** A text by the rule for large values; the event's text is cut where another event holds it whole. */
  payload(span: BuiltSpan, key: string, text: string, event?: string): void {
    if (!this.content) return;
    const size = Buffer.byteLength(text);
    if (size <= 8192) {
      span.attributes[key] = text;
      if (event) span.events.push({ name: event, attributes: { text } });
      return;
    }
    const cut = text.slice(0, 8192);
    const compressed = gzipSync(text);
    const large = size <= 50_000 ? 'ai.payload.large' : 'ai.payload.large.compressed';
    Object.assign(span.attributes, {
      [`${key}_truncated`]: cut,
      [`${key}_size`]: size,
      payload_truncated: true,
    });
    span.events.push({
      name: large,
      attributes:
        size <= 50_000
          ? { [key]: text }
          : { [key]: compressed.toString('hex'), original_size: size, compressed_size: compressed.length },
    });
    if (event)
      span.events.push({ name: event, attributes: { text: cut, payload_event: large, payload_key: key } });
  }

  link(span: BuiltSpan, relationship: string, targets: BuiltSpan[], attributes: Values = {}): void {
    for (const target of targets)
      span.links.push({ to: target.id, attributes: { relationship, ...attributes } });
    const key = `agento.link.${relationship}`;
    const before = (span.attributes[key] ?? []) as string[];
    if (targets.length > 0) span.attributes[key] = [...new Set([...before, ...targets.map(({ id }) => id)])];
  }

  step(
    module: number,
    name: string,
    parent: BuiltSpan,
    rest: { agent?: string; ids?: Values; attributes?: Values; answer?: unknown; prompt?: string },
    inside: (span: BuiltSpan) => void = () => {},
  ): BuiltSpan {
    const spec = steps.find((step) => step.module === module && step.name === name);
    if (!spec) throw new Error(`module ${module} has no step ${name}`);
    const agent = rest.agent ?? spec.agents[0] ?? '';
    const common = { 'agent.name': agent, 'agento.run.id': runId, 'agento.step.name': name, ...rest.ids };
    const attributes = { ...common, 'agento.step': spec.kind, ...cameOut[name], ...rest.attributes };
    return this.span(module, name, parent, { attributes }, (span) => {
      if (asksModel(spec)) {
        this.ask(span, common, JSON.stringify(rest.answer ?? { ok: true }), rest.prompt ?? '');
        if (!['search_agent', 'constraint_extraction'].includes(name)) {
          this.link(span, 'constraints', this.named('constraint_extraction'));
        }
      }
      inside(span);
      this.event(span, `capture.${name}`, { inputs: '{"from":"ids"}', outputs: '{"made":"things"}' });
    });
  }

  ask(span: BuiltSpan, common: Values, answer: string, extra: string): void {
    const messages = [
      { role: 'system', content: `# ${String(common['agent.name'])}${extra}` },
      { role: 'user', content: '<input>\n{}\n</input>' },
    ];
    Object.assign(span.attributes, {
      'agent.model': model,
      'gen_ai.provider.name': 'agento.offline',
      'gen_ai.request.model': model,
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': common['agent.name'],
      'agento.genai.span_name': `invoke_agent ${String(common['agent.name'])}`,
      'agento.prompt.version': '1',
      'agento.prompt.sha256': sha256,
    });
    this.payload(span, 'ai.prompt', JSON.stringify(messages), 'full_prompt');
    this.chat(span, common);
    if (span.name === 'search_agent') this.tool(span, common);
    if (span.name === 'criteria_generation') this.chat(span, common, { 'agento.repair': true });
    this.payload(span, 'ai.response', answer, 'full_response');
    this.payload(span, 'ai.response_excerpt', answer.slice(0, 1000));
  }

  chat(parent: BuiltSpan, common: Values, more: Values = {}): void {
    const attributes: Values = {
      ...common,
      'agento.step': 'model.call',
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'agento.offline',
      'gen_ai.request.model': model,
      'gen_ai.output.type': 'json',
      ...(!parent.name.startsWith('execute_tool') && {
        'gen_ai.prompt.name': common['agent.name'],
        'gen_ai.prompt.version': '1',
      }),
      'gen_ai.response.id': `answer-${this.count}`,
      'gen_ai.response.model': model,
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.output_tokens': 20,
      'server.address': '127.0.0.1',
      'server.port': 4010,
      'agento.llm.queue_ms': 0,
      ...more,
      ...this.texts({
        'gen_ai.input.messages': '[{"role":"user","parts":[{"type":"text","content":"…"}]}]',
        'gen_ai.output.messages':
          '[{"role":"assistant","parts":[{"type":"reasoning","content":"…"},{"type":"text","content":"…"}],"finish_reason":"stop"}]',
      }),
    };
    this.span(parent.module, `chat ${model}`, parent, { kind: CLIENT, attributes }, (span) => {
      if (!more['agento.repair'] && !parent.name.startsWith('execute_tool')) return;
      this.payload(span, 'ai.prompt', '[{"role":"user","content":"again"}]');
      this.payload(span, 'ai.response', '{"ok":true}');
      const retry = { attempt: 1, status: 429, error: 'RateLimitError', delay_ms: 20 };
      span.events.push({ name: 'agento.llm.retry', attributes: retry });
    });
  }

  tool(parent: BuiltSpan, common: Values): void {
    const attributes: Values = {
      ...common,
      'agento.step': 'tool.call',
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'web_search',
      'gen_ai.tool.type': 'function',
      'gen_ai.tool.call.id': 'call-1',
      ...this.texts({
        'gen_ai.tool.call.arguments': '{"query":"…"}',
        'gen_ai.tool.call.result': '{"text":"…"}',
      }),
    };
    this.span(parent.module, 'execute_tool web_search', parent, { attributes }, (tool) =>
      this.chat(tool, common),
    );
  }

  decide(
    span: BuiltSpan,
    kind: string,
    score: string,
    scores: Record<string, number | Record<string, number>>,
    chosen: string[],
    margin?: number,
  ): void {
    const candidates = Object.entries(scores).map(([id, value]) => ({
      id,
      ...(this.content && { label: `the one called ${id}` }),
      scores: scoresOf(kind, score, value),
    }));
    const rejected = candidates
      .filter(({ id }) => !chosen.includes(id))
      .map(({ id }) => ({ id, ...(this.content && { reason: 'it scored lower' }) }));
    const fields: Values = {
      kind,
      candidates: JSON.stringify(candidates),
      chosen,
      rejected: JSON.stringify(rejected),
      ...this.texts({ reason: 'the scores say so' }),
      ...(margin !== undefined && { margin }),
      ...(margin === 0 && this.texts({ tie_break: 'the first of equals' })),
    };
    span.events.push({ name: 'agento.decision', attributes: fields });
    for (const [key, value] of Object.entries(fields)) span.attributes[`agento.decision.${key}`] = value;
  }

  verdict(
    span: BuiltSpan,
    name: string,
    criterion: string,
    score: number,
    pass: boolean,
    more: Values = {},
  ): void {
    this.event(
      span,
      'gen_ai.evaluation.result',
      { 'gen_ai.evaluation.explanation': 'because' },
      {
        'gen_ai.evaluation.name': name,
        'gen_ai.evaluation.score.value': score,
        'gen_ai.evaluation.score.label': pass ? 'pass' : 'fail',
        'gen_ai.response.id': 'answer-1',
        ...(more['agento.constraint.id'] === undefined && { 'agento.criterion.id': criterion }),
        ...more,
      },
    );
  }

  criteria(span: BuiltSpan, evaluation: BuiltSpan, ids: string[]): void {
    for (const id of ids) this.link(span, 'criterion', [evaluation], { 'agento.criterion.id': id });
  }

  named(name: string, item?: string): BuiltSpan[] {
    return this.spans.filter(
      (span) => span.name === name && (!item || span.attributes['agento.item.id'] === item),
    );
  }
  one(name: string): BuiltSpan {
    const [span] = this.named(name);
    if (!span) throw new Error(`no ${name} yet`);
    return span;
  }

  /** One line a module, as its service exports it. */
  lines(): string {
    return chain
      .filter(({ number }) => this.spans.some(({ module }) => module === number))
      .map(({ number, type }) => {
        const resource: Values = {
          'service.name': `Agento-Module-${number}`,
          'service.version': '1.1.0',
          'service.namespace': 'agento',
          'service.instance.id': `instance-${number}`,
          'process.pid': 1000 + number,
          'host.id': 'b7a9',
          'module.number': number,
          'module.type': type,
          'deployment.environment.name': 'development',
          'deployment.environment': 'development',
          ...(!this.content && { 'agento.content': 'off' }),
        };
        const spansOf = (own: boolean) =>
          this.spans.filter((span) => span.module === number && span.own === own).map(otlpSpan);
        const scopeSpans = [
          { scope: { name: `agento.module${number}`, version: '1.1.0' }, spans: spansOf(true) },
          {
            scope: { name: '@opentelemetry/instrumentation-http', version: '0.301.0' },
            spans: spansOf(false),
          },
        ];
        return JSON.stringify({
          resourceSpans: [{ resource: { attributes: otlpAttributes(resource) }, scopeSpans }],
        });
      })
      .join('\n');
  }
}

function scoresOf(
  kind: string,
  score: string,
  value: number | Record<string, number>,
): Record<string, number> {
  if (typeof value !== 'number') return value;
  return kind === 'plan_selection'
    ? { c1: value - 0.1, c2: value, c3: value + 0.1, total: value }
    : { [score]: value };
}
