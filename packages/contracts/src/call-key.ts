import { chain, stepsOf } from './chain.ts';
import { asksModel, type ModelStepDefinition } from './step.ts';

/** Where the key of a model call belongs. */
export interface CallPlace {
  module: number;
  step: ModelStepDefinition;
  agent: string;
  /** Key of the step's first call: all its later ones begin with it. */
  first: string;
}

/** Reads `m3/expansion_evaluation/ItemEvaluator/p1/p1-i2/c4/call-2`; null for a key that no step of the chain has. */
export function placeOfCall(key: string): CallPlace | null {
  const [head = '', name, agent = ''] = key.split('/');
  const module = chain.find(({ number }) => `m${number}` === head);
  const step = module && stepsOf(module).find((step) => step.name === name);
  if (!module || !step || !asksModel(step) || !step.agents.includes(agent)) return null;
  return { module: module.number, step, agent, first: key.replace(/\/(call-\d+|search-\d+-\d+)$/, '') };
}
