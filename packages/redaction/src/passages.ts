/** The marker that replaces every secret. */
export const marker = '***REDACTED***';

/** A passage of a text, `[start, end)` in UTF-16 units, and the rule that found a secret in it. */
export interface Passage {
  start: number;
  end: number;
  rule: string;
}

/**
 * Replaces the passages with the marker; overlapping ones become one marker. An existing marker is left alone, or
 * replaced entirely by a passage that reaches into it, so that redacting twice is redacting once.
 */
export function replacePassages(text: string, passages: Passage[]) {
  const markers = markersIn(text);
  const kept =
    markers.length === 0
      ? passages
      : passages.map((passage) => clearOfMarkers(passage, markers)).filter((passage) => passage !== null);
  kept.sort((a, b) => a.start - b.start || b.end - a.end);
  const rules = new Set<string>();
  const parts: string[] = [];
  /** Positions of the new markers in the new text. */
  const places: number[] = [];
  let size = 0;
  let count = 0;
  let end = 0;
  for (const passage of kept) {
    rules.add(passage.rule);
    if (count > 0 && passage.start < end) {
      end = Math.max(end, passage.end);
      continue;
    }
    parts.push(text.slice(end, passage.start), marker);
    places.push(size + passage.start - end);
    size += passage.start - end + marker.length;
    end = passage.end;
    count++;
  }
  return { text: count === 0 ? text : parts.join('') + text.slice(end), count, rules: [...rules], places };
}

function markersIn(text: string): number[] {
  const starts: number[] = [];
  for (let at = text.indexOf(marker); at >= 0; at = text.indexOf(marker, at + marker.length)) starts.push(at);
  return starts;
}

/** The passage extended over every marker it cuts; null if it contains nothing but markers. */
function clearOfMarkers(passage: Passage, markers: number[]): Passage | null {
  let low = 0;
  let high = markers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((markers[middle] ?? 0) + marker.length <= passage.start) low = middle + 1;
    else high = middle;
  }
  let { start, end } = passage;
  let covered = 0;
  for (let i = low; i < markers.length; i++) {
    const at = markers[i] ?? 0;
    if (at >= end) break;
    start = Math.min(start, at);
    end = Math.max(end, at + marker.length);
    covered += marker.length;
  }
  return end - start > covered ? { start, end, rule: passage.rule } : null;
}
