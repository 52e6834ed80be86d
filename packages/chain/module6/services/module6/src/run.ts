import { ask, constraintLinks, groundOf, linkTo, type Run } from '@agento/agent';
import { type Module6Adds, type Module6Input, type PlanBrief, planView } from '@agento/contracts';
import { describeFile, type RunFile, type Work } from '@agento/service';
import { publisher } from './agents.ts';

/** The finished plan as a brief of one page. */
export async function run(input: Module6Input, run: Run): Promise<Work<Module6Adds>> {
  const { revised_outline: plan, quality_report: report } = input;
  const brief = await ask(run, publisher, {
    planId: plan.id,
    input: {
      ...groundOf(input),
      plan: planView(plan),
      quality: { decision: report.decision, summary: report.summary },
    },
    links: { judgement: linkTo(report, { planId: plan.id }), ...constraintLinks(input) },
    given: { plan_id: plan.id },
    ids: { each: { parts: plan.plan_items.map(({ id }) => ({ item_id: id })) } },
    make: ({ parts, ...brief }, produced_by): PlanBrief => ({
      title: plan.plan_title,
      ...brief,
      parts: plan.plan_items.map(({ id, item_title }) => ({
        item_id: id,
        item_title,
        sentence: parts.find(({ item_id }) => item_id === id)?.sentence ?? '',
      })),
      produced_by,
    }),
    outcome(brief) {
      const text = textOf(brief);
      const size = Buffer.byteLength(text);
      return {
        summary: `${brief.parts.length} items on one page (${size} bytes)`,
        attributes: { 'agento.brief.size': size },
        content: { 'agento.brief': text },
      };
    },
  });
  const file: RunFile = { name: 'brief.md', media_type: 'text/markdown', content: textOf(brief) };
  return { adds: { brief, brief_document: describeFile(file) }, files: [file] };
}

function textOf({ title, opening, parts, closing }: PlanBrief): string {
  const items = parts.map(({ item_title, sentence }) => `- **${item_title}**: ${sentence}`);
  return [`# ${title}`, opening, items.join('\n'), closing, ''].join('\n\n');
}
