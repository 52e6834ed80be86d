import type { InputOf, QualityAnswer, qualityCheck } from '@agento/contracts';
import { briefOf, limitText } from '../brief.ts';
import { judge } from '../judging.ts';
import { coverage, coveredFrom, passage, quote } from '../language/coverage.ts';
import { list, quoted, sentences } from '../language/text.ts';
import { common } from '../patterns.ts';
import { join } from '../writing.ts';

type Input = InputOf<typeof qualityCheck>;

const oversteps = /\boversteps\b/;
/** A limit of one or two words only counts if it is quoted. */
const fewestWords = 3;

/**
 * Rules. The plan meets a criterion fully if every item it concerns covers it, in part if any does. A constraint is
 * broken if a sentence that quotes it says that the plan exceeds it, kept if another quotes it or contains 0.6 of its
 * words, and otherwise not shown.
 */
export function qualityChecker(input: Input): QualityAnswer {
  const { criteria, plan } = input;
  const brief = briefOf(input);
  const { spoken, limits } = brief;
  const judged = criteria.map(({ id, criteria: words }) => {
    const theirs = plan.plan_items
      .map((item) => ({ ...item, ...judge(brief, words, item.item_title, item.item_description) }))
      .filter(({ others }) => !others);
    const lacking = theirs.filter(({ status }) => status !== 'fully_met');
    const [total, covered] = [theirs.length, theirs.length - lacking.length];
    const status: QualityAnswer['criteria'][number]['status'] =
      covered === 0 ? 'not_met' : covered === total ? 'fully_met' : 'partially_met';
    const titles = lacking.map(({ item_title }) => quoted(item_title, 80));
    return {
      id,
      words,
      status,
      titles,
      explanation: `${covered} of the ${total} items that have a part in it cover ${quote(words)}`,
    };
  });
  const met = judged.filter(({ status }) => status === 'fully_met').length;
  const constraints = limits.map((limit) => judgeLimit(limit, plan));
  const broken = constraints.filter(({ status }) => status === 'broken').length;
  const unshown = constraints.filter(({ status }) => status === 'not_shown').length;
  const open = judged.filter(({ titles }) => titles.length > 0);
  return {
    constraints,
    criteria: judged.map(({ id, status, titles, explanation }) => ({
      criterion_id: id,
      explanation: `${explanation}${titles.length ? `; missing in ${list(titles)}` : ''}.`,
      status,
    })),
    strengths: judged
      .filter(({ titles }) => titles.length === 0)
      .slice(0, 10)
      .map(({ words }) => `Whatever has a part in ${quote(words)} provides for it.`),
    open_issues: [
      ...constraints
        .filter(({ status }) => status !== 'kept')
        .map(({ constraint_id, explanation }) => `${constraint_id}: ${explanation}`),
      ...open.map(({ words, titles }) => `${list(titles)}: nothing provides for ${quote(words)}.`),
    ].slice(0, 20),
    summary: join([
      common.itself,
      `By the words of its items alone, ${quoted(plan.plan_title, 150)} meets ${met} of ${judged.length} criteria in full`,
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
  const inQuotes = limitText(limit);
  const said = plan_items.flatMap(({ item_title, item_description }) => {
    const naming = sentences(item_description).filter((sentence) => sentence.includes(inQuotes));
    const nearest = passage(limit, '', item_description);
    const { share, found } = coverage(limit, '', nearest);
    const sentence =
      naming.find((each) => oversteps.test(each)) ??
      naming[0] ??
      (share >= coveredFrom && found.length >= fewestWords ? nearest : undefined);
    return sentence === undefined ? [] : [{ item_title, sentence: sentence.slice(0, 1_000) }];
  });
  const broken = said.find(({ sentence }) => oversteps.test(sentence));
  const [kept] = said;
  const words = quoted(limit, 110);
  if (broken)
    return {
      constraint_id: id,
      explanation: `${quoted(broken.item_title, 80)} says itself that it oversteps ${words}.`,
      passage: broken.sentence,
      status: 'broken' as const,
    };
  return kept
    ? {
        constraint_id: id,
        explanation: `${said.length} of ${plan_items.length} items name ${words} as binding.`,
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
