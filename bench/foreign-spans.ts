import { createHash } from 'node:crypto';

/** A log of Who&When: who said what, and where people see the decisive mistake. */
export interface ForeignLog {
  history: { content: string; role?: string; name?: string }[];
  mistake_agent: string;
  /** The place in the history, from 0. */
  mistake_step: string | number;
}

/** Logs have no times: each entry takes a second. */
const second = 1_000_000_000n;
const began = 1_750_000_000n * second;

export const traceIdOf = (name: string) => hash(name, 32);

/** The span of the entry that is labelled as the decisive mistake; null where the log has no such entry. */
export function labelledSpan({ history, mistake_step }: ForeignLog, name: string): string | null {
  const entry = history[Number(mistake_step)];
  return entry && agentOf(entry) !== null ? hash(`${name} ${mistake_step}`, 16) : null;
}

/** A span for the team, below it one for each turn of an agent, and below that its model call or tool. */
export function spansOf({ history }: ForeignLog, name: string): object[] {
  const root = hash(`${name} root`, 16);
  const [first] = history;
  const team = span(name, root, '', 'invoke_agent team', [0, history.length], {
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.agent.name': 'team',
    'gen_ai.input.messages': messages('user', first?.content ?? ''),
  });
  const turns = history.flatMap((entry, place) => {
    const agent = agentOf(entry);
    if (agent === null) return [];
    const id = hash(`${name} ${place}`, 16);
    const isTool = /terminal/i.test(agent);
    const said = messages('assistant', entry.content);
    const heard = messages('user', history[place - 1]?.content ?? '');
    const turn = span(name, id, root, `invoke_agent ${agent}`, [place, place + 1], {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': agent,
    });
    const work = span(
      name,
      hash(`${name} ${place} work`, 16),
      id,
      isTool ? `execute_tool ${agent}` : 'chat a-model',
      [place, place + 1],
      isTool
        ? {
            'gen_ai.operation.name': 'execute_tool',
            'gen_ai.tool.name': agent,
            'gen_ai.tool.call.result': entry.content,
          }
        : {
            'gen_ai.operation.name': 'chat',
            'gen_ai.provider.name': 'openai',
            'gen_ai.request.model': 'a-model',
            'gen_ai.input.messages': heard,
            'gen_ai.output.messages': said,
          },
    );
    return [turn, work];
  });
  return [team, ...turns];
}

/** Who speaks; null for the human who states the task. */
function agentOf({ role, name }: ForeignLog['history'][number]): string | null {
  if (role === 'human') return null;
  return (name ?? role ?? 'agent').replace(/ *\(.*\)$/, '');
}

function messages(role: string, content: string): string {
  return JSON.stringify([{ role, parts: [{ type: 'text', content }] }]);
}

function span(
  log: string,
  spanId: string,
  parentSpanId: string,
  name: string,
  [from, to]: [number, number],
  attributes: Record<string, string>,
): object {
  return {
    traceId: traceIdOf(log),
    spanId,
    parentSpanId,
    name,
    kind: 1,
    startTimeUnixNano: String(began + BigInt(from) * second),
    endTimeUnixNano: String(began + BigInt(to) * second),
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value: { stringValue: value } })),
    status: {},
  };
}

function hash(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}
