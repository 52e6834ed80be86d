import { findings } from '@agento/contracts';
import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { patternIn } from './pattern.ts';
import { Case, Check, Comparison, Suite } from './suite.ts';
import { type Wrong, wrongSense } from './suite-sense.ts';

/** One thing wrong with a suite's text; lines count from 1. */
export interface SuiteFinding {
  line: number;
  detail: string;
}

/** The text of a suite, read; or everything that is wrong with it. */
export type ReadSuite = { suite: Suite; findings: [] } | { suite: null; findings: SuiteFinding[] };

/** Reads a suite from YAML. Nothing in it is looked up: `context_file` stays a name. */
export function readSuite(text: string): ReadSuite {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const wrongYaml = [...document.errors, ...document.warnings].map(({ pos, message }) => ({
    line: lines.linePos(pos[0]).line,
    detail: yamlProblem(message),
  }));
  if (wrongYaml.length > 0) return { suite: null, findings: inOrder(onceEach(wrongYaml)) };
  if (document.contents === null)
    return { suite: null, findings: [{ line: 1, detail: 'there is nothing in it' }] };
  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    return { suite: null, findings: [{ line: 1, detail: (error as Error).message }] };
  }
  const misshapen = [...wrongShape(value), ...wrongParts(value)];
  const wrong = misshapen.length > 0 ? misshapen : wrongSense(value as Suite);
  const found = wrong.map(({ pointer, detail }) => ({
    line: lineOf(document, lines, pointer),
    detail: `${pointer === '' ? 'the suite' : pointer.slice(1).replaceAll('/', '.')}: ${inWords(detail)}`,
  }));
  if (found.length > 0) return { suite: null, findings: inOrder(found) };
  return { suite: value as Suite, findings: [] };
}

/** What the parser says to programmers, said to people. */
function yamlProblem(message: string): string {
  if (message.startsWith('Maximum call stack')) return 'is nested too deeply';
  return message.startsWith('Source contains multiple documents')
    ? 'a second document: a suite is one'
    : message;
}

/** The one pattern that the schema of a suite has of its own. */
function inWords(detail: string): string {
  return detail.startsWith('must match pattern') ? 'must be of a-z, 0-9 and hyphens' : detail;
}

/** Of the whole and of each part by itself, since a check of one value stops after eight findings. */
function wrongShape(value: unknown): Wrong[] {
  const parts = [
    { pointer: '', found: findings(Suite, value) },
    ...entries(value, 'goals').map(([pointer, entry]) => ({ pointer, found: findings(Case, entry) })),
    ...checksIn(value).map(([pointer, entry]) => ({ pointer, found: findings(Check, entry) })),
    ...entries(value, 'compare').map(([pointer, entry]) => ({ pointer, found: findings(Comparison, entry) })),
  ];
  const all = parts.flatMap(({ pointer, found }) =>
    found.map((finding) => ({ pointer: pointer + finding.pointer, detail: finding.detail })),
  );
  return [...new Map(all.map((finding) => [`${finding.pointer} ${finding.detail}`, finding])).values()];
}

const kinds = ['metric', 'must', 'must_not', 'outcome', 'audit'] as const;

/** What a schema cannot say of which parts belong together. */
function wrongParts(value: unknown): Wrong[] {
  const found: Wrong[] = [];
  const ids = new Set<unknown>();
  for (const [pointer, goal] of entries(value, 'goals')) {
    if (goal.id !== undefined && ids.has(goal.id)) {
      found.push({ pointer: `${pointer}/id`, detail: `another goal has the id ${String(goal.id)}` });
    }
    ids.add(goal.id);
    if (goal.context !== undefined && goal.context_file !== undefined) {
      found.push({ pointer, detail: 'has both context and context_file: keep one' });
    }
  }
  for (const [pointer, check] of checksIn(value)) {
    const own = kinds.filter((kind) => check[kind] !== undefined);
    if (own.length !== 1) {
      found.push({ pointer, detail: `needs one of ${kinds.join(', ')}; has ${own.join(', ') || 'none'}` });
      continue;
    }
    const bounds = ['at_least', 'at_most'].filter((bound) => check[bound] !== undefined);
    if (own[0] === 'metric' && bounds.length === 0) {
      found.push({ pointer, detail: 'a metric needs at_least or at_most' });
    }
    if (own[0] !== 'metric' && bounds.length > 0) {
      found.push({ pointer, detail: `${bounds.join(' and ')} can only be asked of a metric` });
    }
    const { audit } = check;
    if (typeof audit === 'object' && audit !== null && 'rules' in audit === 'fail_on' in audit) {
      found.push({ pointer: `${pointer}/audit`, detail: 'needs either rules or fail_on' });
    }
    for (const kind of ['must', 'must_not']) {
      const problem = patternProblem(String(check[kind] ?? ''));
      if (problem !== null) found.push({ pointer: `${pointer}/${kind}`, detail: problem });
    }
  }
  return found;
}

function patternProblem(text: string): string | null {
  try {
    patternIn(text);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

type Fields = Record<string, unknown>;

function entries(value: unknown, key: string): [pointer: string, entry: Fields][] {
  const list = (value as Fields | null)?.[key];
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry, index) =>
    typeof entry === 'object' && entry !== null ? [[`/${key}/${index}`, entry as Fields]] : [],
  );
}

function checksIn(value: unknown): [pointer: string, check: Fields][] {
  const ofGoals = entries(value, 'goals').flatMap(([pointer, goal]) =>
    entries(goal, 'checks').map(([own, check]): [string, Fields] => [pointer + own, check]),
  );
  return [...entries(value, 'checks'), ...ofGoals];
}

/** The line of what a pointer names; of what is missing, that of what it should stand in. */
function lineOf(document: Document, lines: LineCounter, pointer: string): number {
  const path = pointer
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  let node = document.contents as unknown;
  let at = document.contents?.range?.[0] ?? 0;
  for (const name of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === name);
      at = (pair?.key as Node | undefined)?.range?.[0] ?? at;
      node = pair?.value;
    } else if (isSeq(node)) {
      node = node.items[Number(name)];
      at = isNode(node) ? (node.range?.[0] ?? at) : at;
    } else break;
  }
  return lines.linePos(at).line;
}

function onceEach(found: SuiteFinding[]): SuiteFinding[] {
  return [...new Map(found.map((one) => [`${one.line} ${one.detail}`, one])).values()];
}

function inOrder(found: SuiteFinding[]): SuiteFinding[] {
  return found.sort((one, other) => one.line - other.line);
}
