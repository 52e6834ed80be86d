import { ProtobufReader, wireType } from '@agento/protobuf';

const mostShown = 200;

/** What a successful response says: how many of the spans the collector rejected, and why. Never throws. */
export function readPartialSuccess(body: Buffer, spans: number): { rejected: number; text: string } {
  const answer = { rejected: 0, text: '' };
  try {
    // ExportTraceServiceResponse.partial_success = 1; .rejected_spans = 1, .error_message = 2
    const reader = new ProtobufReader(body);
    while (reader.next()) {
      if (!reader.is(1, wireType.delimited)) continue;
      const part = new ProtobufReader(reader.content);
      while (part.next()) {
        if (part.is(1, wireType.varint)) answer.rejected = Math.min(Math.max(Number(part.int64), 0), spans);
        else if (part.is(2, wireType.delimited)) answer.text = part.text;
      }
    }
    return answer;
  } catch {
    // A response that is not OTLP: the status says that the spans were accepted.
    return { rejected: 0, text: '' };
  }
}

/** Text of a collector or proxy, for the log: its readable part, shortened. */
export function shownText(text: string): string {
  return text
    .slice(0, mostShown * 10)
    .replaceAll(/[^\p{L}\p{N}\p{P}\p{Zs}]+/gu, ' ')
    .trim()
    .slice(0, mostShown)
    .trimEnd();
}
