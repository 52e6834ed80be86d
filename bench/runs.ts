/**
 * What runs that survive cost, and what they bear. Run `node bench/runs.ts overhead` (`--before` another checkout,
 * `--latency 200`, `--runs 15`, `--warm-up 25`), `node bench/runs.ts replicas` or `node bench/runs.ts overload`
 * (`--latency 100`, `--runs 8`).
 *
 * CPU is time of the service processes on a CPU, from /proc (Linux); wall time is what a caller waits.
 */
import { parseArgs } from 'node:util';
import { measureOverhead } from './runs/overhead.ts';
import { measureOverload } from './runs/overload.ts';
import { measureReplicas } from './runs/replicas.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    before: { type: 'string' },
    latency: { type: 'string', default: '0' },
    runs: { type: 'string', default: '15' },
    'warm-up': { type: 'string', default: '25' },
  },
});
const how = {
  before: values.before ?? null,
  latencyMs: Number(values.latency),
  runs: Number(values.runs),
  warmUp: Number(values['warm-up']),
};
const [what] = positionals;
if (what === 'overhead') await measureOverhead(how);
else if (what === 'replicas') await measureReplicas({ latencyMs: 200, atOnce: [8, 32] });
else if (what === 'overload') await measureOverload({ latencyMs: how.latencyMs, rounds: how.runs });
else throw new Error('Say what to measure: overhead, replicas or overload');
