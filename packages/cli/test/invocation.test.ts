import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { root } from '@agento/files/home';
import { expect, test } from 'vitest';
import { dataDirectory, withEnvFile } from '../src/environment.ts';
import { goalCommand, pnpmOf, traceCommand } from '../src/invocation.ts';
import { renderOutcome } from '../src/outcome.ts';
import { styleOf } from '../src/terminal.ts';
import { output } from './events.ts';
import { testTerminal } from './test-terminal.ts';

const agent = 'pnpm/12.21.0 npm/? node/? linux x64';
test.each([
  [
    'npx --yes pnpm@12',
    { npm_config_user_agent: agent, npm_execpath: '/root/.npm/_npx/9c70/node_modules/pnpm/pnpm' },
  ],
  [
    'npx --yes pnpm@12',
    {
      npm_config_user_agent: agent,
      npm_execpath: 'C:\\Users\\a\\AppData\\Local\\npm-cache\\_npx\\9c70\\pnpm.exe',
    },
  ],
  ['pnpm', { npm_config_user_agent: agent, npm_execpath: '/usr/lib/node_modules/pnpm/pnpm' }],
  ['pnpm', { npm_config_user_agent: agent }],
  ['npx --yes pnpm@12', { npm_config_user_agent: 'npm/11.19.1 node/v24.21.0 linux x64' }],
  ['npx --yes pnpm@12', {}],
])('Printed commands begin with `%s` under %j', (command, env) => {
  expect(pnpmOf(env)).toBe(command);
});

test('A command that fails ends with its own words: pnpm runs it as a program, not as a script it comments on', async () => {
  const { scripts } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  expect(Object.keys(scripts)).not.toContain('agento');
  const program = path.join(root, 'node_modules', '.bin', 'agento');
  const failed = await promisify(execFile)(program, ['validate', 'nothing-of-the-sort']).catch(
    (error) => error,
  );
  expect([failed.code, failed.stderr]).toEqual([
    3,
    '✖ nothing-of-the-sort is not a trace id, a run id, the beginning of one or a file\n',
  ]);
});

test('Printed commands find the data folder and the services they are about, from a shell of their own', () => {
  const usual = dataDirectory(withEnvFile({}));
  expect([
    traceCommand(usual, 'f00'),
    traceCommand('/tmp/my data', 'f00'),
    goalCommand(usual, 'http://127.0.0.1:3001', 'x'),
    goalCommand('/tmp/d', 'http://127.0.0.1:5001', 'x'),
  ]).toEqual([
    'pnpm agento trace f00',
    "AGENTO_DATA_DIR='/tmp/my data' pnpm agento trace f00",
    'pnpm agento goal "x"',
    'AGENTO_DATA_DIR=/tmp/d pnpm agento goal "x" --url http://127.0.0.1:5001',
  ]);
});

test('No command is named that would find no trace', () => {
  const style = styleOf(testTerminal().terminal.stdout, {});
  const place = { url: 'http://127.0.0.1:3001', dataDir: '/tmp/d' };
  expect(renderOutcome(output as never, { ...place, traced: false }, style)).not.toContain('agento trace');
  expect(renderOutcome(output as never, { ...place, traced: true }, style)).toContain('agento trace');
});
