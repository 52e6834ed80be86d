import { chain, moduleInfo, roleName } from '@agento/contracts';
import { module1 } from './good-trace/module1.ts';
import { module2 } from './good-trace/module2.ts';
import { module3 } from './good-trace/module3.ts';
import { module4 } from './good-trace/module4.ts';
import { module5 } from './good-trace/module5.ts';
import { type BuiltSpan, traceId, type Values } from './otlp.ts';
import { CLIENT, runId, SERVER, SpanBuilder, sha256 } from './span-builder.ts';

export { traceId } from './otlp.ts';
export { runId } from './span-builder.ts';

/** What each module does, in their order. */
const parts = [module1, module2, module3, module4, module5];

/**
 * A whole run as docs/telemetry.md describes it, as the receiver would keep it: OTLP JSON, one TracesData a
 * line. It has a repair call, a tool call, a retry, and payloads of every size.
 */
export function goodTrace({ content = true, stopAfter = chain.length } = {}): string {
  const builder = new GoodRun(content, stopAfter);
  builder.run();
  return builder.lines();
}

class GoodRun extends SpanBuilder {
  readonly last: number;

  constructor(content: boolean, last: number) {
    super(content);
    this.last = last;
  }

  run(): void {
    this.module(1, null);
  }

  /** A module's request, its work, and the call to the next one. */
  module(number: number, hop: BuiltSpan | null): void {
    this.span(number, 'POST /run', hop, { kind: SERVER, own: false }, (server) => {
      this.span(number, 'request', server, { own: false }, (request) => {
        const common = { 'agent.name': roleName(moduleInfo(number).type), 'agento.run.id': runId };
        const nextModule = number < this.last ? number + 1 : 0;
        const attributes: Values = {
          ...common,
          'agento.step': 'module',
          'gen_ai.operation.name': 'invoke_workflow',
          'gen_ai.agent.name': common['agent.name'],
          'agento.genai.span_name': `invoke_workflow ${common['agent.name']}`,
          'agento.next_module': nextModule,
          ...(number === 1 && this.texts({ 'user.goal': 'Open a repair café in a small town' })),
        };
        const previous = this.named(`run_module_${number - 1}`);
        const root = this.span(number, `run_module_${number}`, request, { attributes }, (span) => {
          for (const { id } of previous) {
            const source = `agento-module-${number - 1}`;
            span.links.push({ to: id, attributes: { source, relationship: 'predecessor' } });
            span.attributes['agento.link.predecessor'] = [id];
          }
          const before = this.count;
          parts[number - 1]?.(this, span);
          this.finish(span);
          span.attributes['agento.span_count'] = this.count - before;
        });
        if (nextModule > 0) {
          const rest = { kind: CLIENT, attributes: { ...common, 'agento.step': 'hop' } };
          this.span(number, 'POST', request, rest, (post) => this.module(nextModule, post));
        }
        return root;
      });
    });
  }

  finish(root: BuiltSpan): void {
    const { module } = root;
    const { adds } = moduleInfo(module);
    const output = Object.fromEntries(Object.keys(adds.properties).map((key) => [key, []]));
    this.step(module, 'output_creation', root, {}, (span) => {
      const json = JSON.stringify({ trace_metadata: { trace_id: traceId }, ...output });
      if (module !== 3) return this.event(span, 'module_output.full', { json });
      const large = JSON.stringify({ padding: 'x'.repeat(20_000), ...JSON.parse(json) });
      if (!this.content) return;
      span.attributes.payload_truncated = true;
      span.events.push({ name: 'ai.payload.large', attributes: { module_output: large } });
      const named = { json_payload_event: 'ai.payload.large', json_payload_key: 'module_output' };
      span.events.push({ name: 'module_output.full', attributes: { json: large.slice(0, 8192), ...named } });
    });
    const guardrail = { 'guardrail.name': 'output_schema', 'guardrail.passed': true };
    this.step(module, 'validation', root, {
      attributes: { ...guardrail, ...this.texts({ 'guardrail.problems': [] }) },
    });
    const artifact = (name: string): Values => ({ name, sha256, size: 12, media_type: 'application/json' });
    const file = artifact(`module${module}_output.json`);
    const own = Object.fromEntries(
      Object.entries(file).map(([key, value]) => [`agento.artifact.${key}`, value]),
    );
    this.step(module, 'file_export', root, { attributes: own });
    if (module !== 5) return;
    this.step(module, 'file_export', root, {}, (span) => {
      for (const name of ['final_plan.json', 'final_plan.md']) {
        span.events.push({ name: 'agento.artifact', attributes: artifact(name) });
      }
    });
  }
}
