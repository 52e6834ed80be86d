import path from 'node:path';
import protobuf from 'protobufjs';

const protos = path.join(import.meta.dirname, '..', 'protos');
const root = new protobuf.Root();
root.resolvePath = (_origin, target) => path.join(protos, target);
root.loadSync('opentelemetry/proto/collector/trace/v1/trace_service.proto').resolveAll();

/** The messages of OTLP's trace service, by the official definitions in `protos/` and another reader than ours. */
export const ExportRequest = root.lookupType(
  'opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest',
);
export const ExportResponse = root.lookupType(
  'opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse',
);

/** The two fields of google.rpc.Status that OTLP uses: what the body of a refusal is, in protobuf. */
export const Status = new protobuf.Type('Status')
  .add(new protobuf.Field('code', 1, 'int32'))
  .add(new protobuf.Field('message', 2, 'string'));
