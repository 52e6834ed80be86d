interface Scope {
  spans: { traceId: string }[];
}
interface Resource {
  scopeSpans: Scope[];
}

/** The spans of one trace in OTLP JSON, one TracesData a line, as the same. */
export function onlyTrace(text: string, id: string): string {
  return text
    .trim()
    .split('\n')
    .flatMap((line) => {
      const { resourceSpans } = JSON.parse(line) as { resourceSpans: Resource[] };
      const kept = resourceSpans.flatMap((resource) => {
        const scopeSpans = resource.scopeSpans.flatMap((scope) => {
          const spans = scope.spans.filter(({ traceId }) => traceId === id);
          return spans.length > 0 ? [{ ...scope, spans }] : [];
        });
        return scopeSpans.length > 0 ? [{ ...resource, scopeSpans }] : [];
      });
      return kept.length > 0 ? [`${JSON.stringify({ resourceSpans: kept })}\n`] : [];
    })
    .join('');
}
