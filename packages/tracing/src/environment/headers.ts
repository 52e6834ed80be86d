import { validateHeaderName, validateHeaderValue } from 'node:http';
import { readPairs } from './pairs.ts';

/** Headers the exporter sets itself. */
const own = new Set([
  'content-type',
  'content-encoding',
  'content-length',
  'transfer-encoding',
  'connection',
]);

/** A list of headers, by lower-case name; each problem names the variable and shows no value. */
export function readHeaders(variable: string, given: string, problems: string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [index, pair] of readPairs(given).entries()) {
    const problem = 'problem' in pair ? pair.problem : headerProblem(pair.key, pair.value, index + 1);
    if (problem) problems.push(`${variable}: ${problem}`);
    else if ('key' in pair) headers[pair.key.toLowerCase()] = pair.value;
  }
  return headers;
}

function headerProblem(name: string, value: string, place: number): string | null {
  try {
    validateHeaderName(name);
  } catch {
    return `the name in entry ${place} is none of a header: write key=value,key=value`;
  }
  if (own.has(name.toLowerCase())) return `${name} is the exporter's own: leave it out`;
  if (value === '') return `${name} has no value`;
  try {
    validateHeaderValue(name, value);
    return null;
  } catch {
    return `the value of ${name} has a character that no header may have`;
  }
}
