export { type KeptJournal, planReplay, type ReplayPlan } from './plan-replay.ts';
export {
  NotReplayable,
  outputSizeOf,
  type RecordedCall,
  type RecordedRun,
  recordedRun,
} from './recorded-run.ts';
