export { planSystem, type SystemPlan } from './system/plan.ts';
export { type System, startSystem } from './system/system.ts';
