import type { EvidenceOfRun } from '../api.ts';
import { count, duration, money } from '../figures.ts';
import { doors } from '../parts/page-view.tsx';
import { Wide } from '../parts/wide.tsx';
import type { OfRun } from './run.tsx';

export interface Share {
  name: string;
  calls: number;
  tokens: number;
  cost: number | null;
  time: number;
}

/** Where time and money went: by agent and by module, the dearest first, and the slowest calls. */
export function CostsView({ run, route }: OfRun) {
  const moduleOf = new Map(run.steps.map(({ span_id, module }) => [span_id, module]));
  const slowest = [...run.calls].sort((one, other) => other.duration_ms - one.duration_ms).slice(0, 10);
  return (
    <>
      <Shares title="By agent" shares={sharesBy(run, ({ agent }) => agent)} />
      <Shares title="By module" shares={sharesBy(run, ({ step }) => `module ${moduleOf.get(step) ?? '?'}`)} />
      <h2>The slowest calls</h2>
      <Wide of="The slowest calls">
        <table>
          <thead>
            <tr>
              <th scope="col">Call</th>
              <th scope="col">Agent</th>
              <th scope="col" class="number">
                Time
              </th>
              <th scope="col" class="number">
                Waited for a slot
              </th>
              <th scope="col" class="number">
                Tokens
              </th>
            </tr>
          </thead>
          <tbody>
            {slowest.map((call) => (
              <tr key={call.span_id}>
                <td>{doors(call.span_id, route)}</td>
                <td>{call.agent}</td>
                <td class="number">{duration(call.duration_ms)}</td>
                <td class="number">{duration(call.queue_ms)}</td>
                <td class="number">{count((call.input_tokens ?? 0) + (call.output_tokens ?? 0))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </>
  );
}

/** Calls that were really made: what a journal or a recorded run answered cost nothing. */
function sharesBy({ calls }: EvidenceOfRun, by: (call: EvidenceOfRun['calls'][number]) => string): Share[] {
  const asked = calls.filter((call) => !call.from_journal && !call.is_replayed);
  const shares = [...Map.groupBy(asked, by)].map(([name, own]) => ({
    name,
    calls: own.length,
    tokens: own.reduce((sum, call) => sum + (call.input_tokens ?? 0) + (call.output_tokens ?? 0), 0),
    cost: own.reduce<number | null>(
      (sum, { cost_usd }) => (sum === null || cost_usd === null ? null : sum + cost_usd),
      0,
    ),
    time: own.reduce((sum, call) => sum + call.duration_ms, 0),
  }));
  return shares.sort((one, other) => (other.cost ?? other.tokens) - (one.cost ?? one.tokens));
}

export function Shares({ title, shares }: { title: string; shares: Share[] }) {
  const tokens = shares.reduce((sum, share) => sum + share.tokens, 0) || 1;
  const most = Math.max(1, ...shares.map((share) => share.tokens));
  return (
    <section>
      <h2>{title}</h2>
      <Wide of={title}>
        <table>
          <thead>
            <tr>
              <th scope="col">{title.slice(3)}</th>
              <th scope="col">Tokens</th>
              <th scope="col" class="number">
                Calls
              </th>
              <th scope="col" class="number">
                Cost
              </th>
              <th scope="col" class="number">
                Time in calls
              </th>
            </tr>
          </thead>
          <tbody>
            {shares.map((share) => (
              <tr key={share.name}>
                <th scope="row">{share.name}</th>
                <td>
                  <div class="bar">
                    <span class="track" aria-hidden="true">
                      <span style={{ width: `${(100 * share.tokens) / most}%` }} />
                    </span>
                    <span>
                      {count(share.tokens)} ({Math.round((100 * share.tokens) / tokens)} %)
                    </span>
                  </div>
                </td>
                <td class="number">{count(share.calls)}</td>
                <td class="number">{money(share.cost)}</td>
                <td class="number">{duration(share.time)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </section>
  );
}
