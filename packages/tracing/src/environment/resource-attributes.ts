import { readPairs } from './pairs.ts';

/** OTEL_RESOURCE_ATTRIBUTES, decoded; each problem names the variable. */
export function readResourceAttributes(given: string, problems: string[]): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const pair of readPairs(given)) {
    if ('problem' in pair) problems.push(`OTEL_RESOURCE_ATTRIBUTES: ${pair.problem}`);
    else attributes[pair.key] = pair.value;
  }
  return attributes;
}
