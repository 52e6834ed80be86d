/** One `key=value` of a list, decoded, or what is wrong with it. */
export type Pair = { key: string; value: string } | { problem: string };

/**
 * Reads `key=value,key=value`, percent-encoded, as OpenTelemetry writes headers and resource attributes. A problem
 * names the entry by position: its value may be a secret.
 */
export function readPairs(given: string): Pair[] {
  if (given === '') return [];
  return given.split(',').flatMap((entry, index): Pair[] => {
    const at = entry.indexOf('=');
    const key = entry.slice(0, Math.max(at, 0)).trim();
    const place = `entry ${index + 1}`;
    if (entry.trim() === '') return [];
    if (at < 0)
      return [{ problem: `${place} has no "=": write key=value,key=value, a comma in a value as %2C` }];
    if (key === '') return [{ problem: `${place} has no name before its "="` }];
    try {
      return [{ key: decodeURIComponent(key), value: decodeURIComponent(entry.slice(at + 1).trim()) }];
    } catch {
      const named = /^[\w.-]{1,64}$/.test(key) ? key : place;
      return [{ problem: `the value of ${named} is not percent-encoded: write % as %25` }];
    }
  });
}
