import type { QualityAnswer, StepInputs } from '@agento/contracts';
import { briefOf } from '../brief.ts';
import { coverage, coveredFrom, passage, quote } from '../language/coverage.ts';
import { list, shorten } from '../language/text.ts';
import { common } from '../patterns.ts';
import { join } from '../writing.ts';

type Input = StepInputs['quality_check'];

const oversteps = /\boversteps\b/;

/**
 * Rules. The plan meets a criterion fully when every item covers it, in part when half of them do. A constraint is broken
 * when a sentence with its words says that the plan oversteps it, kept when another sentence has 0.6 of its
 * words, and else not shown.
 */
export function qualityChecker(input: Input): QualityAnswer {
  const { goal, criteria, plan } = input;
  const { spoken, limits } = briefOf(input);
  const total = plan.plan_items.length;
  const judged = criteria.map(({ id, criteria: words }) => {
    const lacking = plan.plan_items.filter(
      (item) => coverage(words, goal, `${item.item_title}\n${item.item_description}`).share < coveredFrom,
    );
    const covered = total - lacking.length;
    const status: QualityAnswer['criteria'][number]['status'] =
      covered === total ? 'fully_met' : covered >= total / 2 ? 'partially_met' : 'not_met';
    const titles = lacking.map(({ item_title }) => `“${shorten(item_title, 80)}”`);
    return { id, words, status, titles, covered };
  });
  const met = judged.filter(({ status }) => status === 'fully_met').length;
  const constraints = limits.map((limit) => judgeLimit(limit, plan));
  const broken = constraints.filter(({ status }) => status === 'broken').length;
  const unshown = constraints.filter(({ status }) => status === 'not_shown').length;
  const open = judged.filter(({ titles }) => titles.length > 0);
  return {
    constraints,
    criteria: judged.map(({ id, words, status, titles, covered }) => ({
      criterion_id: id,
      explanation: `${covered} of ${total} items cover ${quote(words)}${titles.length ? `; missing in ${list(titles)}` : ''}.`,
      status,
    })),
    strengths: judged
      .filter(({ titles }) => titles.length === 0)
      .slice(0, 10)
      .map(({ words }) => `Every item takes up ${quote(words)}.`),
    open_issues: [
      ...constraints
        .filter(({ status }) => status !== 'kept')
        .map(({ constraint_id, explanation }) => `${constraint_id}: ${explanation}`),
      ...open.map(({ words, titles }) => `${list(titles)}: nothing provides for ${quote(words)}.`),
    ].slice(0, 20),
    summary: join([
      common.itself,
      `By the words of its items alone, “${shorten(plan.plan_title, 150)}” meets ${met} of ${judged.length} criteria in full`,
    ])
      .concat(
        limits.length
          ? `; of ${limits.length} ${limits.length === 1 ? 'constraint' : 'constraints'} it oversteps ${broken || 'none'} and leaves ${unshown || 'none'} unmentioned.`
          : '; the brief sets no constraint.',
      )
      .concat(spoken.foreign ? ` ${common.foreign}` : '')
      .concat(spoken.pattern === 'vague' ? ` ${common.vague}` : ''),
  };
}

function judgeLimit({ id, quote: limit }: Input['constraints'][number], { plan_items }: Input['plan']) {
  const said = plan_items.flatMap(({ item_title, item_description }) => {
    const sentence = passage(limit, '', item_description);
    return coverage(limit, '', sentence).share >= coveredFrom ? [{ item_title, sentence }] : [];
  });
  const broken = said.find(({ sentence }) => oversteps.test(sentence));
  const [kept] = said;
  const words = `“${shorten(limit, 110)}”`;
  if (broken)
    return {
      constraint_id: id,
      explanation: `“${shorten(broken.item_title, 80)}” says itself that it oversteps ${words}.`,
      passage: broken.sentence,
      status: 'broken' as const,
    };
  return kept
    ? {
        constraint_id: id,
        explanation: `${said.length} of ${plan_items.length} items hold to ${words} in so many words.`,
        passage: kept.sentence,
        status: 'kept' as const,
      }
    : {
        constraint_id: id,
        explanation: `No item says anything of ${words}.`,
        passage: '',
        status: 'not_shown' as const,
      };
}
