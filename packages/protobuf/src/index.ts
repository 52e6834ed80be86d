export { ProtobufReader } from './reader.ts';
export { wireType } from './wire-type.ts';
export { ProtobufWriter } from './writer.ts';
