import { integer } from '../options.ts';
import { pnpm } from '../pnpm.ts';
import type { CommandLine } from './command-line.ts';
import { lastBase } from './ports.ts';

const port = integer(0, 65_535);

/** The verbs that run a part of the system alone, or look after it. */
export function addServeVerbs({ program, terminal, ends }: CommandLine): void {
  program
    .command('model')
    .description('run only the offline model')
    .option('--port <port>', 'TCP port, 0: a free one (default: AGENTO_OFFLINE_PORT, 4010)', port)
    .addHelpText('after', `\nExample:\n  AGENTO_OFFLINE_LATENCY_MS=200 ${pnpm} agento model --port 4020`)
    .action((options) => ends(import('../verbs/model.ts').then(({ model }) => model(terminal, options))));

  program
    .command('receive')
    .description('run only the embedded OTLP receiver; it keeps traces as files')
    .option('--port <port>', 'TCP port, 0: a free one', port, 4318)
    .addHelpText('after', `\nExample:\n  ${pnpm} agento receive --port 4319`)
    .action((options) =>
      ends(import('../verbs/receive.ts').then(({ receive }) => receive(terminal, options))),
    );

  program
    .command('doctor')
    .description(
      'check Node, the variables, the disk, keys, proxies, the model, the collector and each module',
    )
    .option('--port-base <port>', "module 1's port, where `start` was given one", integer(1, lastBase))
    .addHelpText('after', `\nExample:\n  ${pnpm} agento doctor`)
    .action((options) => ends(import('../verbs/doctor.ts').then(({ doctor }) => doctor(terminal, options))));
}
