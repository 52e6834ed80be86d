import Type from 'typebox';
import { type ModuleContract, StopAfter } from './modules/contract.ts';
import { stepsOfEveryModule } from './modules/every-module.ts';
import { module1 } from './modules/module1.ts';
import { module2 } from './modules/module2.ts';
import { module3 } from './modules/module3.ts';
import { module4 } from './modules/module4.ts';
import { module5 } from './modules/module5.ts';
import type { StepDefinition } from './step.ts';

/** The modules in order, listed only here. Adding a module means adding it to this list. */
const contracts: ModuleContract[] = [module1, module2, module3, module4, module5];

/** One module's place in the chain, and its contract. */
export interface ModuleInfo extends ModuleContract {
  /** From 1. */
  number: number;
  /** TCP port it listens on when PORT is not set. */
  port: number;
}

export const chain: readonly ModuleInfo[] = contracts.map((contract, index) => ({
  ...contract,
  number: index + 1,
  port: 3001 + index,
  input: withStopAfter(contract.input, index + 1),
}));

/** The input, with `stop_after` bounded to the modules that exist. */
function withStopAfter({ properties, ...rest }: ModuleContract['input'], first: number) {
  const bounds = { minimum: first, maximum: contracts.length };
  return Type.Object({ ...properties, stop_after: Type.Optional({ ...StopAfter, ...bounds }) }, { ...rest });
}

/** The module with this number; throws a RangeError for any other number. */
export function moduleInfo(number: number): ModuleInfo {
  const info = chain.find((entry) => entry.number === number);
  if (!info) throw new RangeError(`No module ${number}: modules are 1 to ${chain.length}`);
  return info;
}

/** Every step of a module, in order. */
export function stepsOf({ steps }: ModuleContract): readonly StepDefinition[] {
  return [...steps, ...stepsOfEveryModule];
}

/** `plan_generator` → `PlanGenerator`: the agent.name of steps without a model. */
export function roleName(type: string): string {
  return type.replace(/(^|_)([a-z])/g, (_match, _start, letter: string) => letter.toUpperCase());
}
