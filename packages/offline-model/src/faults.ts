import { hash } from 'node:crypto';

/** The faults a test can request; `ms` and `seconds` are whole numbers. */
export type Fault =
  | { kind: 'latency'; ms: number }
  | { kind: '429'; seconds: number }
  | { kind: '500' | 'stall' | 'stall-body' | 'cut' | 'wrong' | 'refusal' | 'no-schema' | 'close' };

/** `[[fault:<agent or *>:<kind>]]` or `[[fault:<agent or *>:<kind>:<times>]]`, anywhere in a goal or context. */
export const faultMarkers = /\[\[fault:(\*|\w+):([\w-]+)(?::(\d+))?\]\]/g;

interface Asked {
  agent: string;
  kind: string;
  times: number;
}

function parseKind(kind: string): Fault | undefined {
  const [, name, figure] = kind.match(/^(latency|429)(?:-(\d{1,6}))?$/) ?? [];
  if (name === 'latency') return { kind: name, ms: Number(figure ?? 0) };
  if (name === '429') return { kind: name, seconds: Number(figure ?? 1) };
  switch (kind) {
    case '500':
    case 'stall':
    case 'stall-body':
    case 'cut':
    case 'wrong':
    case 'refusal':
    case 'no-schema':
    case 'close':
      return { kind };
    default:
      return undefined;
  }
}

/** The header's form: `kind`, `kind:times`, `agent:kind` or `agent:kind:times`, comma-separated. */
function inHeader(header: string): Asked[] {
  return header.split(',').flatMap((entry) => {
    const parts = entry.trim().split(':');
    const agent = parseKind(parts[0] ?? '') ? '*' : (parts.shift() ?? '*');
    const [kind = '', times] = parts;
    return kind ? [{ agent, kind, times: times ? Number(times) : Number.POSITIVE_INFINITY }] : [];
  });
}

function inText(text: string): Asked[] {
  if (!text.includes('[[fault:')) return [];
  return [...text.matchAll(faultMarkers)].map(([, agent = '*', kind = '', times]) => ({
    agent,
    kind,
    times: times ? Number(times) : Number.POSITIVE_INFINITY,
  }));
}

const mostRemembered = 10_000;

/** Which fault each request gets, and how often it has been used. */
export class Faults {
  readonly #had = new Map<string, number>();

  /**
   * The first requested fault that is meant for this agent, applies to this request and has not been used up. Requests
   * of one agent with the same first user message count as one, so that after its times a retry or repair no longer
   * gets the fault.
   */
  next(agent: string, text: string, header: string, jsonSchema: boolean): Fault | undefined {
    const asked = [...inHeader(header), ...inText(text)];
    if (asked.length === 0) return undefined;
    const request = hash('sha256', `${agent}\u0000${text}`);
    for (const [index, entry] of asked.entries()) {
      const fault = parseKind(entry.kind);
      if (!fault || (entry.agent !== '*' && entry.agent !== agent)) continue;
      if (fault.kind === 'no-schema' && !jsonSchema) continue;
      const key = `${request}:${entry.kind}:${index}`;
      const had = this.#had.get(key) ?? 0;
      if (had >= entry.times) continue;
      if (this.#had.size >= mostRemembered) this.#had.clear();
      this.#had.set(key, had + 1);
      return fault;
    }
    return undefined;
  }
}
