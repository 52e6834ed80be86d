import { type Attributes, type RecordedLink, type RecordedSpan, textsOf } from './model.ts';

/** Agento's attributes that are lists of strings. */
const lists =
  /^((agento\.decision\.)?chosen|gen_ai\.response\.finish_reasons|guardrail\.problems|agento\.link\..+|agento\.redaction\.rules|agento\.answer\.recovered|agento\.replay\.(from|changed))$/;
/** What Jaeger's older storages leave of a link's attributes. */
const stamp = 'opentracing.ref_type';
const linkPrefix = 'agento.link.';

/**
 * Undoes what Jaeger's storages before their OTLP form do to a span: lists come back as JSON text, and links without
 * attributes. A link's relationship is restored from `agento.link.{relationship}` on its span; its other attributes are
 * gone, and the link is marked `lost`.
 */
export function restoreFromJaeger(span: RecordedSpan): void {
  for (const attributes of [span.attributes, ...span.events.map((event) => event.attributes)]) {
    restoreLists(attributes);
  }
  span.links = span.links.flatMap((link) => (stamp in link.attributes ? restoreLink(span, link) : [link]));
}

function restoreLists(attributes: Attributes): void {
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value !== 'string' || !lists.test(key)) continue;
    try {
      const list: unknown = JSON.parse(value);
      if (Array.isArray(list)) attributes[key] = list;
    } catch {
      // Not a list after all: the rules report it.
    }
  }
}

function restoreLink(span: RecordedSpan, link: RecordedLink): RecordedLink[] {
  const relationships = Object.keys(span.attributes)
    .filter((key) => key.startsWith(linkPrefix) && textsOf(span.attributes, key).includes(link.span_id))
    .map((key) => key.slice(linkPrefix.length));
  if (relationships.length === 0) return [{ ...link, attributes: {}, lost: true }];
  return relationships.map((relationship) => ({ ...link, attributes: { relationship }, lost: true }));
}
