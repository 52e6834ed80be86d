export { keepHeapLean } from './lean-heap.ts';
export { type Receiver, type ReceiverCounts, type ReceiverSettings, startReceiver } from './receiver.ts';
