import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { root } from '../src/environment.ts';
import { pnpmOf } from '../src/pnpm.ts';

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
    '✖ nothing-of-the-sort is no trace id, no run id, and there is no such file\n',
  ]);
});
