import type { JsonObject } from './otlp-json.ts';

interface ScopeSpans extends JsonObject {
  spans: JsonObject[];
}
interface ResourceSpans extends JsonObject {
  scopeSpans: ScopeSpans[];
}
/** OTLP's TracesData: what one line of a trace file holds. */
export interface TracesData {
  resourceSpans: ResourceSpans[];
}
interface Line extends TracesData {
  /** What its last spans came under. */
  resource: JsonObject;
  scope: JsonObject;
}

const traceId = /^(?!0{32})[0-9a-f]{32}$/;
const spanId = /^(?!0{16})[0-9a-f]{16}$/;

/** Spans (OTLP JSON, as `toOtlpJson` makes it) by trace, each under its resource and scope. */
export class ByTrace {
  #lines = new Map<string, Line>();

  /** False for a span without a trace id and span id it could be kept by. */
  add(resource: JsonObject, scope: JsonObject, span: JsonObject): boolean {
    const id = String(span.traceId);
    if (!traceId.test(id) || !spanId.test(String(span.spanId))) return false;
    let line = this.#lines.get(id);
    if (line?.resource !== resource) {
      line ??= { resourceSpans: [], resource, scope };
      line.resource = resource;
      line.resourceSpans.push({ ...resource, scopeSpans: [{ ...scope, spans: [] }] });
      this.#lines.set(id, line);
    } else if (line.scope !== scope) line.resourceSpans.at(-1)?.scopeSpans.push({ ...scope, spans: [] });
    line.scope = scope;
    line.resourceSpans.at(-1)?.scopeSpans.at(-1)?.spans.push(span);
    return true;
  }

  /** Returns everything added so far, and resets. */
  take(): [string, TracesData][] {
    const lines = [...this.#lines].map(([id, { resourceSpans }]): [string, TracesData] => [
      id,
      { resourceSpans },
    ]);
    this.#lines = new Map();
    return lines;
  }
}
