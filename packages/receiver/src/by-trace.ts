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
export interface Division {
  /** By trace id: only that trace's spans, under their resources and scopes. */
  traces: Map<string, TracesData>;
  /** How many spans went into `traces`. */
  spans: number;
  /** Spans without a trace id or span id they could be kept by. */
  rejected: number;
}

const traceId = /^(?!0{32})[0-9a-f]{32}$/;
const spanId = /^(?!0{16})[0-9a-f]{16}$/;

/** Divides a request (OTLP JSON, as `toOtlpJson` makes it) by trace. */
export function divideByTrace(exported: JsonObject): Division {
  const division: Division = { traces: new Map(), spans: 0, rejected: 0 };
  for (const resourceSpans of (exported.resourceSpans ?? []) as JsonObject[]) {
    const ofResource = new Map<string, ResourceSpans>();
    for (const scopeSpans of (resourceSpans.scopeSpans ?? []) as JsonObject[]) {
      const ofScope = new Map<string, ScopeSpans>();
      for (const span of (scopeSpans.spans ?? []) as JsonObject[]) {
        const id = String(span.traceId);
        if (!traceId.test(id) || !spanId.test(String(span.spanId))) {
          division.rejected += 1;
          continue;
        }
        const scope = entryOf(ofScope, id, () => ({ ...scopeSpans, spans: [] }));
        if (scope.spans.length === 0) {
          const resource = entryOf(ofResource, id, () => ({ ...resourceSpans, scopeSpans: [] }));
          if (resource.scopeSpans.length === 0) {
            entryOf(division.traces, id, () => ({ resourceSpans: [] })).resourceSpans.push(resource);
          }
          resource.scopeSpans.push(scope);
        }
        scope.spans.push(span);
        division.spans += 1;
      }
    }
  }
  return division;
}

function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
