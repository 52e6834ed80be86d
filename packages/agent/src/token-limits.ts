import type { ModelStep } from '@agento/contracts';

/**
 * Most tokens of one answer, by its step, where AGENTO_MAX_TOKENS says nothing. Without a limit a small model that has
 * lost its way writes until its context is full: minutes, while others wait for its slot. They are roomy, since a
 * model's hidden reasoning counts against them: what an answer needs itself is a few hundred tokens of a verdict, some
 * 4,000 of a long section, and about as much of a list that judges every plan or the whole of one.
 */
const most: Partial<Record<ModelStep, number>> = {
  expansion_evaluation: 4_096,
  plan_generation: 16_384,
  plan_evaluation: 16_384,
  item_generation: 16_384,
  revision_apply: 16_384,
  revision_refinement: 16_384,
  quality_check: 16_384,
};
const mostOfOthers = 8_192;

/** For a step's answer, by its name; any other, such as the text of a search, has that of most steps. */
export function tokenLimitOf(step: string | undefined): number {
  return most[step as ModelStep] ?? mostOfOthers;
}
