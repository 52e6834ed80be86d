export { type Receiver, type ReceiverCounts, type ReceiverSettings, startReceiver } from './receiver.ts';
