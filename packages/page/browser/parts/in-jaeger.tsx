/** A link to a trace in Jaeger, or to one span of it; nothing where the server knows of no Jaeger. */
export function InJaeger({ ui, trace, span }: { ui: string | null; trace: string; span?: string }) {
  if (ui === null) return null;
  const found = span === undefined ? '' : `?uiFind=${span}`;
  return (
    <a href={`${ui}/trace/${trace}${found}`} rel="noreferrer">
      {span === undefined ? 'Trace' : 'Span'} in Jaeger
    </a>
  );
}
