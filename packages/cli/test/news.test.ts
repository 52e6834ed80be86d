import { expect, test } from 'vitest';
import { newsOf } from '../src/system/news.ts';
import { planSystem } from '../src/system/plan.ts';
import { styleOf } from '../src/terminal.ts';
import { testTerminal } from './test-terminal.ts';

test('A problem is told once: by whoever follows the run, else by the module’s log', async () => {
  const plan = await planSystem({}, 5001);
  const [module] = plan.modules;
  const style = styleOf(testTerminal().terminal.stdout, {});
  const problem = { type: 'about:blank', title: 'The model failed', status: 502, detail: 'no answer' };
  const told = [true, false].map((follows) => {
    const lines: string[] = [];
    const watch = newsOf(plan, (line) => lines.push(line), { style, follows });
    if (module) watch.onEntry(module, { warning: 'the run failed: no answer', problem });
    if (module) watch.onEntry(module, { warning: 'the collector does not take spans', problem: null });
    return lines;
  });
  expect(told).toEqual([
    ['module1 the collector does not take spans'],
    ['module1 the run failed: no answer', 'module1 the collector does not take spans'],
  ]);
});
