/** The order of the modules: the one place that knows it. Adding a module is a line here. */
export const chain = [
  { number: 1, type: 'success_criteria_generator', title: 'Success criteria', port: 3001 },
  { number: 2, type: 'plan_generator', title: 'Plan outline', port: 3002 },
  { number: 3, type: 'plan_expander', title: 'Expanded plan', port: 3003 },
  { number: 4, type: 'deficiency_identifier', title: 'Deficiencies', port: 3004 },
  { number: 5, type: 'revision_implementer', title: 'Final plan', port: 3005 },
] as const;

export type ModuleNumber = (typeof chain)[number]['number'];
export type ModuleType = (typeof chain)[number]['type'];

/** The version every package and the `service.version` resource attribute carry. */
export const version = '1.1.0';

/** One module's place in the chain. */
export interface ModuleInfo {
  number: ModuleNumber;
  type: ModuleType;
  title: string;
  /** TCP port it listens on when PORT is not set. */
  port: number;
}

/** The module with this number; throws a RangeError for any other number. */
export function moduleInfo(number: number): ModuleInfo {
  const info = chain.find((entry) => entry.number === number);
  if (!info) throw new RangeError(`There is no module ${number}: modules are 1 to ${chain.length}`);
  return info;
}

/** `plan_generator` → `PlanGenerator`: the agent.name of what no model does. */
export function roleName(type: string): string {
  return type.replace(/(^|_)([a-z])/g, (_match, _start, letter: string) => letter.toUpperCase());
}
