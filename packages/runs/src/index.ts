export { createFolderStore, type FolderStoreOptions } from './folder/store.ts';
export {
  CancelRequested,
  type KeyClaim,
  type Lease,
  LeaseLost,
  NoSuchPage,
  type Part,
  type PartId,
  type PartQuery,
  type PartStart,
  type PartState,
  type RunStore,
  type StoredRecord,
  type Stream,
  stopped,
} from './store.ts';
