import { chain } from '@agento/contracts';
import { describe, expect, test } from 'vitest';
import { choosePorts } from '../src/system/ports.ts';
import { agento } from './test-terminal.ts';

const advice = '→ `pnpm agento <verb> --help` shows arguments, options and examples\n';
const refused = (message: string, hint?: string) => ({
  exitCode: 2,
  stdout: '',
  stderr: `✖ ${message}\n${hint ? `→ ${hint}\n` : ''}`,
});

describe('help', () => {
  test.each(['start', 'goal', 'why', 'compare', 'trace', 'validate', 'model', 'receive', 'doctor'])(
    '%s says what it does and gives an example that begins with its own name',
    async (verb) => {
      const { exitCode, stdout, stderr } = await agento([verb, '--help']);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).toMatch(new RegExp(`^Usage: pnpm agento ${verb} `));
      expect(stdout).toMatch(new RegExp(`Examples?:\\n.*pnpm (agento )?${verb}`));
    },
  );

  test('the whole says which exit code means what', async () => {
    const { exitCode, stdout } = await agento(['--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Exit codes: 0 done, 1 the run failed or there are findings, 2 wrong usage');
  });

  test('no verb at all is wrong usage, and shows the help', async () => {
    const { exitCode, stdout, stderr } = await agento([]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('Usage: pnpm agento');
  });
});

describe('wrong usage exits 2 and says what is wrong', () => {
  test.each([
    [['dance'], "error: unknown command 'dance'\n"],
    [['goal'], "error: missing required argument 'goal'\n"],
    [
      ['goal', 'open', 'a', 'café'],
      "error: too many arguments for 'goal'. Expected 1 argument but got 3: open, a, café.\n→ Put the goal in quotes.\n",
    ],
    [['start', 'x', '--colour'], "error: unknown option '--colour'\n"],
    [
      ['goal', 'x', '--stop-after', `${chain.length + 1}`],
      `error: option '-s, --stop-after <module>' argument '${chain.length + 1}' is invalid. It must be a whole number from 1 to ${chain.length}.\n`,
    ],
    [
      ['goal', 'x', '--url', 'localhost:3001'],
      "error: option '--url <url>' argument 'localhost:3001' is invalid. It must be an http:// or https:// URL.\n",
    ],
    [
      ['validate', 'x', '--format', 'yaml'],
      "error: option '--format <format>' argument 'yaml' is invalid. It must be text or json.\n",
    ],
    [
      ['start', '--model-server', 'ollama'],
      "error: option '--model-server <which>' argument 'ollama' is invalid. It must be auto.\n",
    ],
    [
      ['eval', 'suite.yaml', '--url', 'http://127.0.0.1:3001', '--model-server', 'auto'],
      "error: option '--model-server <which>' cannot be used with option '--url <url>'\n",
    ],
    [
      ['start', '--port-base', '65530'],
      `error: option '--port-base <port>' argument '65530' is invalid. It must be a whole number from 0 to ${65_534 - chain.length}.\n`,
    ],
  ])('%j', async (arguments_, message) => {
    expect(await agento(arguments_)).toEqual({ exitCode: 2, stdout: '', stderr: message + advice });
  });
});

describe('wrong input exits 2 before anything is started', () => {
  test('an empty goal', async () => {
    const blank = refused('The goal is empty.', 'State the goal, in quotes.');
    expect(await agento(['start', ''])).toEqual(blank);
    expect(await agento(['goal', ' \n '])).toEqual(blank);
    expect(await agento(['goal', '-'], { stdin: '\n' })).toEqual(blank);
  });

  test('a goal over 16 KiB of UTF-8', async () => {
    expect(await agento(['goal', '-'], { stdin: 'é'.repeat(8193) })).toEqual(
      refused(
        'The goal has 16386 bytes; the limit is 16384 (16 KiB).',
        'Put the background into a file and pass it with --context.',
      ),
    );
  });

  test('goal and context both from standard input', async () => {
    expect(await agento(['goal', '-', '--context', '-'])).toEqual(
      refused('Standard input cannot be both the goal and the context.'),
    );
  });

  test('a context that is no text', async () => {
    expect(await agento(['goal', 'x', '--context', process.execPath])).toEqual(
      refused(`${process.execPath} is not UTF-8 text.`),
    );
  });

  test('variables with wrong values, each named with what is allowed', async () => {
    const env = { LOG_LEVEL: 'loud', AGENTO_LLM_RETRIES: '99', OPENAI_BASE_URL: 'localhost' };
    expect(await agento(['start', 'x'], { env })).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        '✖ LOG_LEVEL="loud": must be one of fatal, error, warn, info, debug, trace, silent\n' +
        '✖ OPENAI_BASE_URL="localhost": must be an http:// or https:// URL, or unset\n' +
        '✖ AGENTO_LLM_RETRIES="99": must be a whole number from 0 to 10\n',
    });
  });
});

describe('what is not there exits 3', () => {
  test('a context file', async () => {
    expect(await agento(['goal', 'x', '--context', 'no-such-notes.md'])).toEqual({
      exitCode: 3,
      stdout: '',
      stderr:
        '✖ No such file: no-such-notes.md.\n→ Pass a text file with --context, or `-` for standard input.\n',
    });
  });

  test('a server', async () => {
    const { modules } = await choosePorts('127.0.0.1', 0, 0);
    const url = `http://127.0.0.1:${modules[0]}`;
    expect(await agento(['goal', 'x', '--url', url])).toEqual({
      exitCode: 3,
      stdout: '',
      stderr:
        `✖ Nothing answers at ${url} (ECONNREFUSED).\n` +
        '→ Start the services with `pnpm start`, or set --url to module 1.\n',
    });
  });

  test.each(['trace', 'validate'])('a trace asked for by %s', async (verb) => {
    const { exitCode, stdout, stderr } = await agento([verb, 'f'.repeat(32)]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(stderr).toContain('f'.repeat(32));
  });
});
