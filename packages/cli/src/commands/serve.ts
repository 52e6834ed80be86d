import { agento } from '../invocation.ts';
import { fromJaeger, integer } from '../options.ts';
import type { CommandLine } from './command-line.ts';
import { lastBase } from './ports.ts';

const port = integer(0, 65_535);

/** The verbs that run a part of the system alone, or look after it. */
export function addServeVerbs({ program, terminal, ends }: CommandLine): void {
  program
    .command('page')
    .description(
      'show runs as a page: plans, decisions, verdicts, revisions, and why each sentence stands there',
    )
    .argument('[folder]', 'a data folder, or a folder of traces (default: AGENTO_DATA_DIR)')
    .option('--port <port>', 'TCP port, 0: a free one', port, 3000)
    .addOption(fromJaeger())
    .addHelpText(
      'after',
      `
Examples:
  ${agento} page
  ${agento} page traces/ --port 0
  ${agento} page --jaeger http://127.0.0.1:16686`,
    )
    .action((folder, options) =>
      ends(import('../verbs/page.ts').then(({ page }) => page(terminal, folder, options))),
    );

  program
    .command('model')
    .description('run only the offline model')
    .option('--port <port>', 'TCP port, 0: a free one (default: AGENTO_OFFLINE_PORT, 4010)', port)
    .addHelpText('after', `\nExample:\n  AGENTO_OFFLINE_LATENCY_MS=200 ${agento} model --port 4020`)
    .action((options) => ends(import('../verbs/model.ts').then(({ model }) => model(terminal, options))));

  program
    .command('receive')
    .description('run only the embedded OTLP receiver; it keeps traces as files')
    .option('--port <port>', 'TCP port, 0: a free one', port, 4318)
    .addHelpText('after', `\nExample:\n  ${agento} receive --port 4319`)
    .action((options) =>
      ends(import('../verbs/receive.ts').then(({ receive }) => receive(terminal, options))),
    );

  program
    .command('doctor')
    .description(
      'check Node, the variables, the disk, keys, proxies, the model, the collector and each module',
    )
    .option('--port-base <port>', "module 1's port, where `start` was given one", integer(1, lastBase))
    .addHelpText('after', `\nExample:\n  ${agento} doctor`)
    .action((options) => ends(import('../verbs/doctor.ts').then(({ doctor }) => doctor(terminal, options))));
}
