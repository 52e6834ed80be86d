import { isUtf8 } from 'node:buffer';
import { JsonScanner } from './json-scanner.ts';
import { Refusal, type Tally } from './limits.ts';
import { ExportRequest } from './otlp-messages.ts';
import {
  type Encoding,
  partsOf,
  type Ranges,
  type ResourceOutline,
  type ScopeOutline,
  sizeOf,
} from './outline.ts';

const byteOrderMark = Buffer.from('\ufeff');
const otherSignals = ['resourceLogs', 'resourceMetrics', 'resourceProfiles'];

export const jsonEncoding: Encoding = {
  hint: '',
  async outline(body, tally, turn) {
    if (!isUtf8(body)) throw new Refusal(400, 'The body is not UTF-8: OTLP JSON must be UTF-8');
    const scanner = new JsonScanner(body, tally);
    if (body.subarray(0, byteOrderMark.length).equals(byteOrderMark)) scanner.at = byteOrderMark.length;
    const resources: ResourceOutline[] = [];
    const beside: Ranges = [];
    try {
      for (const at of entries(scanner, tally, ExportRequest.name, 'resourceSpans', beside)) {
        const resource: ResourceOutline = { own: [], scopes: [] };
        resources.push(resource);
        for (const scopeAt of entries(scanner, tally, at, 'scopeSpans', resource.own)) {
          const scope: ScopeOutline = { own: [], spans: [] };
          resource.scopes.push(scope);
          for (const _span of entries(scanner, tally, scopeAt, 'spans', scope.own)) {
            const start = scanner.at;
            scanner.skip();
            tally.span(scanner.at - start);
            scope.spans.push(start, scanner.at);
            if (turn.isOver()) await turn.next();
          }
          if (turn.isOver()) await turn.next();
        }
        if (turn.isOver()) await turn.next();
      }
      scanner.end();
      objectOf(partsOf(body, beside));
    } catch (error) {
      if (error instanceof SyntaxError) throw new Refusal(400, `The body is not JSON: ${error.message}`);
      throw error;
    }
    return resources;
  },
  readSpan: (part) => parsed(part.toString()),
  readOwn: (_type, parts) => objectOf(parts),
};

function objectOf(members: Buffer[]): unknown {
  return parsed(`{${members.join(',')}}`);
}

/** The parser's own message quotes the text: it goes to logs that may hold no content. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SyntaxError('its values are not JSON');
  }
}

/**
 * The entries of one list of the object at `at`: yields where each is, with the scanner at its start; whoever asks
 * passes it. The places of the other members go to `own`.
 */
function* entries(
  scanner: JsonScanner,
  tally: Tally,
  at: string,
  list: string,
  own: Ranges,
): Generator<string> {
  if (scanner.next() !== '{') throw new Refusal(400, `${at} must be an object`);
  const others = new Set<string>();
  let found = false;
  for (const { key, start } of scanner.members()) {
    if (key === list) {
      found = true;
      const first = scanner.next();
      if (first === 'n') scanner.skip();
      else if (first !== '[') throw new Refusal(400, `${at}.${list} must be a list`);
      else {
        let index = 0;
        for (const _entry of scanner.elements()) {
          yield `${at}.${list}[${index}]`;
          index += 1;
        }
      }
    } else {
      others.add(key);
      scanner.skip();
      own.push(start, scanner.at);
    }
  }
  tally.group(sizeOf(own));
  if (!found) explainLack(at, list, others);
}

/** Unknown fields are ignored, as OTLP requires; but a request must not be lost because its list is misnamed. */
function explainLack(at: string, list: string, others: Set<string>): void {
  const snakeCase = list.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  if (others.has(snakeCase)) {
    throw new Refusal(400, `${at}.${snakeCase} must be written ${list}: OTLP JSON uses lowerCamelCase names`);
  }
  if (at !== ExportRequest.name || others.size === 0) return;
  const signal = otherSignals.find((name) => others.has(name));
  if (signal) throw new Refusal(400, `The body has ${signal}: this endpoint takes traces, in ${list}`);
  throw new Refusal(400, `The body has no ${list}: is it OTLP JSON, and a trace request?`);
}
