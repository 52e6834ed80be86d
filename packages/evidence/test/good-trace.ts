import { moduleInfo, roleName } from '@agento/contracts';
import { type BuiltSpan, traceId, type Values } from './otlp.ts';
import { CLIENT, runId, SERVER, SpanBuilder, sha256 } from './span-builder.ts';

export { traceId } from './otlp.ts';
export { runId } from './span-builder.ts';

const picked = ['c1', 'c2', 'c3'];
const items = ['p1-i1', 'p1-i2', 'p1-i3', 'p1-i4'];
/** Item 1 passes; 2 is revised in two attempts; 3's revision is rejected; 4's attempt is no better. */
const failing: Record<string, string[]> = { 'p1-i2': ['c1', 'c2'], 'p1-i3': ['c2'], 'p1-i4': ['c3'] };

/**
 * A whole run of five modules as docs/telemetry.md describes it, as the receiver would keep it: OTLP JSON, one
 * TracesData a line. It has a repair call, a tool call, a retry, and payloads of every size.
 */
export function goodTrace({ content = true }: { content?: boolean } = {}): string {
  const builder = new GoodRun(content);
  builder.run();
  return builder.lines();
}

/** An item's scores with this much on each criterion it fails, and their mean. */
function fulfilled(item: string, score: number): Record<string, number> {
  const scores = picked.map((id) => [id, failing[item]?.includes(id) ? score : 1] as const);
  const total = scores.reduce((sum, [, one]) => sum + one, 0) / scores.length;
  return { ...Object.fromEntries(scores), total };
}

class GoodRun extends SpanBuilder {
  run(): void {
    this.module(1, null);
  }

  /** A module's request, its work, and the call to the next one. */
  module(number: number, hop: BuiltSpan | null): void {
    this.span(number, 'POST /run', hop, { kind: SERVER, own: false }, (server) => {
      this.span(number, 'request', server, { own: false }, (request) => {
        const common = { 'agent.name': roleName(moduleInfo(number).type), 'agento.run.id': runId };
        const nextModule = number < 5 ? number + 1 : 0;
        const attributes: Values = {
          ...common,
          'agento.step': 'module',
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
          this.work(span);
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

  work(root: BuiltSpan): void {
    if (root.module === 1) this.criteriaModule(root);
    if (root.module === 2) this.planModule(root);
    if (root.module === 3) this.expansionModule(root);
    if (root.module === 4) this.deficiencyModule(root);
    if (root.module === 5) this.revisionModule(root);
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

  criteriaModule(root: BuiltSpan): void {
    const search = this.step(1, 'search_agent', root, { prompt: 'x'.repeat(9_000) });
    this.step(1, 'constraint_extraction', root, { attributes: { 'agento.constraints.count': 1 } });
    const generation = this.step(
      1,
      'criteria_generation',
      root,
      { attributes: { 'agento.criteria.count': 5 } },
      (span) => this.link(span, 'search_summary', [search]),
    );
    this.step(1, 'criteria_evaluation', root, {}, (span) => {
      this.link(span, 'candidates', [generation]);
      this.decide(span, 'criteria_selection', 'rating', { c1: 9, c2: 8, c3: 7, c4: 7, c5: 3 }, picked, 0);
      for (const [id, rating] of Object.entries({ c1: 9, c2: 8, c3: 7, c4: 7, c5: 3 })) {
        this.verdict(span, 'criterion_fit', id, rating / 10, picked.includes(id));
      }
    });
  }

  planModule(root: BuiltSpan): void {
    const evaluation = this.one('criteria_evaluation');
    const planners = ['BalancedPlanner', 'LeanPlanner', 'AmbitiousPlanner'];
    const outlines = planners.map((agent, index) =>
      this.step(2, 'plan_generation', root, { agent, ids: { 'agento.plan.id': `p${index + 1}` } }, (span) => {
        this.criteria(span, evaluation, picked);
        this.payload(span, 'agento.plan.summary', 'four items');
        this.event(span, 'agento.plan', { json: '{"id":"p1"}' });
      }),
    );
    const scores = this.step(2, 'plan_evaluation', root, { prompt: 'y'.repeat(60_000) }, (span) => {
      this.criteria(span, evaluation, picked);
      for (const outline of outlines) {
        this.link(span, 'plan', [outline], { 'agento.plan.id': outline.attributes['agento.plan.id'] ?? '' });
      }
      for (const plan of ['p1', 'p2', 'p3']) {
        for (const id of picked) {
          const score = plan === 'p1' ? 1 : 0.4;
          this.verdict(span, 'plan_score', id, score, score >= 0.5, { 'agento.plan.id': plan });
        }
      }
    });
    this.step(2, 'plan_selection', root, {}, (span) => {
      this.link(span, 'scores', [scores]);
      this.decide(span, 'plan_selection', 'total', { p1: 0.8, p2: 0.5, p3: 0.4 }, ['p1'], 0.3);
    });
  }

  expansionModule(root: BuiltSpan): void {
    const counted = {
      'agento.items.count': 4,
      'agento.verdicts.count': 12,
      'agento.verdicts.fail_count': 4,
      'agento.verdicts.not_judged_count': 0,
    };
    this.step(3, 'plan_expansion', root, { attributes: counted }, (group) => {
      for (const id of items) {
        const ids = { 'agento.item.id': id, 'agento.plan.id': 'p1' };
        const section = this.step(3, 'item_generation', group, { ids }, (span) => {
          this.link(span, 'plan', [this.one('plan_selection')], { 'agento.plan.id': 'p1' });
          this.payload(span, 'agento.plan.section', 'the text');
        });
        for (const criterion of picked) this.judge(group, section, id, criterion);
      }
    });
  }

  judge(group: BuiltSpan, section: BuiltSpan, id: string, criterion: string): void {
    const ids = { 'agento.item.id': id, 'agento.criterion.id': criterion, 'agento.plan.id': 'p1' };
    this.step(3, 'expansion_evaluation', group, { ids }, (span) => {
      this.criteria(span, this.one('criteria_evaluation'), [criterion]);
      this.link(span, 'item', [section], { 'agento.item.id': id });
      const pass = !failing[id]?.includes(criterion);
      this.verdict(span, 'item_criterion', criterion, pass ? 1 : 0.25, pass, { 'agento.item.id': id });
      Object.assign(
        span.attributes,
        span.events.find(({ name }) => name === 'gen_ai.evaluation.result')?.attributes,
      );
      span.attributes['agento.verdict.pass'] = pass;
      span.attributes['agento.verdict.score'] = pass ? 1 : 0.25;
    });
  }

  deficiencyModule(root: BuiltSpan): void {
    for (const id of Object.keys(failing)) {
      const ids = { 'agento.item.id': id };
      const verdicts = this.named('expansion_evaluation', id).filter(
        (span) => span.attributes['agento.verdict.pass'] === false,
      );
      const analysis = this.step(4, 'deficiency_analysis', root, { ids }, (span) => {
        for (const verdict of verdicts) {
          const criterion = verdict.attributes['agento.criterion.id'] ?? '';
          this.link(span, 'failed_verdict', [verdict], { ...ids, 'agento.criterion.id': criterion });
        }
      });
      const answer = { targeted_criteria: failing[id] ?? [] };
      const request = this.step(4, 'revision_generation', root, { ids, answer }, (span) =>
        this.link(span, 'deficiency', [analysis], ids),
      );
      const attributes = { 'agento.revision.approved': id !== 'p1-i3' };
      this.step(4, 'revision_validation', root, { ids, attributes }, (span) => {
        this.link(span, 'revision_request', [request], ids);
        this.event(span, 'comparison', { original: 'the text', suggested: 'the request' });
        this.decide(
          span,
          'revision_approval',
          'total',
          { [`${id}-r1`]: 0.5 },
          id === 'p1-i3' ? [] : [`${id}-r1`],
        );
      });
    }
  }

  revisionModule(root: BuiltSpan): void {
    for (const id of ['p1-i2', 'p1-i4']) {
      const ids = { 'agento.item.id': id };
      const attributes =
        id === 'p1-i4'
          ? { 'agento.attempts.count': 1, 'agento.attempt.accepted': 0 }
          : { 'agento.attempts.count': 2, 'agento.attempt.accepted': 2 };
      this.step(5, 'revision_implementation', root, { ids, attributes }, (span) => {
        this.link(span, 'approval', this.named('revision_validation', id), ids);
        this.baseline(span, id);
        const first = this.attempt(span, id, 1, null);
        if (id === 'p1-i4') {
          return this.decide(
            span,
            'attempt_acceptance',
            'total',
            { original: fulfilled(id, 0), 'attempt-1': { c1: 0.5, c2: 0.5, c3: 0.5, total: 0.5 } },
            ['original'],
            0.166667,
          );
        }
        this.attempt(span, id, 2, first);
        const all = (score: number) => ({ c1: score, c2: score, c3: score, total: score });
        const scores = { original: fulfilled(id, 0), 'attempt-1': all(0.5), 'attempt-2': all(1) };
        this.decide(span, 'attempt_acceptance', 'total', scores, ['attempt-2'], 0.5);
      });
    }
    const ids = { 'agento.plan.id': 'p1' };
    const assembly = this.step(5, 'final_assembly', root, { ids }, (span) => {
      this.link(span, 'accepted_attempt', this.named('revision_refinement', 'p1-i2'), {
        'agento.item.id': 'p1-i2',
        'agento.attempt': 2,
      });
      for (const id of ['p1-i1', 'p1-i3', 'p1-i4']) {
        this.link(span, 'original_item', this.named('item_generation', id), { 'agento.item.id': id });
      }
    });
    this.step(5, 'quality_check', root, { ids }, (span) => {
      this.link(span, 'final_plan', [assembly], { 'agento.plan.id': 'p1' });
      for (const id of picked) {
        const status = id === 'c3' ? 'partially_met' : 'fully_met';
        const subject = { 'agento.plan.id': 'p1', 'agento.criterion.status': status };
        this.verdict(span, 'plan_criterion', id, id === 'c3' ? 0.5 : 1, id !== 'c3', subject);
      }
      const subject = { 'agento.plan.id': 'p1', 'agento.constraint.status': 'not_shown' };
      this.verdict(span, 'constraint', '', 0.5, false, { ...subject, 'agento.constraint.id': 'k1' });
      const shares = { publish: 0.666667, hold: 0.333333 };
      this.decide(span, 'quality_gate', 'total', shares, ['publish'], 0.333334);
      Object.assign(span.attributes, {
        'agento.quality.publish': true,
        'agento.quality.share_met': 0.666667,
        'agento.quality.broken_constraints': 0,
      });
    });
  }

  baseline(implementation: BuiltSpan, item: string): void {
    this.step(5, 'revision_baseline', implementation, { ids: { 'agento.item.id': item } }, (judge) => {
      this.link(judge, 'item', this.named('item_generation', item), { 'agento.item.id': item });
      for (const criterion of picked) {
        const status = failing[item]?.includes(criterion) ? 'not_met' : 'fully_met';
        const subject = { 'agento.item.id': item, 'agento.criterion.status': status };
        const pass = status === 'fully_met';
        this.verdict(judge, 'baseline_criterion', criterion, pass ? 1 : 0, pass, subject);
      }
    });
  }

  /** Answers with the attempt's revision_evaluation. */
  attempt(implementation: BuiltSpan, item: string, attempt: number, before: BuiltSpan | null): BuiltSpan {
    const ids = { 'agento.item.id': item, 'agento.attempt': attempt };
    const evaluations: BuiltSpan[] = [];
    this.step(5, 'revision_attempt', implementation, { ids }, (span) => {
      if (before) this.link(span, 'feedback', [before], { ...ids, 'agento.attempt': attempt - 1 });
      const name = attempt === 1 ? 'revision_apply' : 'revision_refinement';
      const writer = this.step(5, name, span, {
        ids,
        answer: { revised_text: `Attempt ${attempt} covers it all.` },
      });
      const evaluation = this.step(
        5,
        'revision_evaluation',
        span,
        { ids, answer: attempt === 1 ? { improvement_suggestions: ['Cover it', 'Say when'] } : {} },
        (judge) => {
          this.link(judge, 'attempt', [writer], ids);
          const status = attempt > 1 ? 'fully_met' : 'partially_met';
          const subject = { 'agento.item.id': item, 'agento.criterion.status': status };
          for (const criterion of picked) {
            this.verdict(judge, 'revision_criterion', criterion, attempt > 1 ? 1 : 0.5, attempt > 1, subject);
          }
          if (attempt === 1) return;
          this.event(
            judge,
            'agento.feedback',
            { text: 'Cover it', evidence: 'covers it' },
            { suggestion_id: 's1', status: 'addressed' },
          );
          this.event(
            judge,
            'agento.feedback',
            { text: 'Say when', evidence: '' },
            { suggestion_id: 's2', status: 'ignored' },
          );
        },
      );
      evaluations.push(evaluation);
    });
    const [evaluation] = evaluations;
    if (!evaluation) throw new Error('the attempt was not evaluated');
    return evaluation;
  }
}
