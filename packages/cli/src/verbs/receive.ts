import path from 'node:path';
import { readEnvironment, serviceVariables } from '@agento/contracts';
import { keepHeapLean, startReceiver } from '@agento/receiver';
import { dataFolderProblem, dataFolderRemedy } from '../data-folder.ts';
import { dataDirectory } from '../environment.ts';
import { CommandError, type ExitCode, exitCodes } from '../exit-codes.ts';
import { interruption, styleOf, type Terminal } from '../terminal.ts';

/** `agento receive`: the embedded receiver alone, until it is interrupted. */
export async function receive(terminal: Terminal, { port }: { port: number }): Promise<ExitCode> {
  keepHeapLean();
  const { AGENTO_HOST, AGENTO_ALLOWED_HOSTS } = serviceVariables;
  const settings = readEnvironment({ AGENTO_HOST, AGENTO_ALLOWED_HOSTS }, terminal.env);
  const directory = path.join(dataDirectory(terminal.env), 'traces');
  const problem = await dataFolderProblem(directory);
  if (problem !== null) throw new CommandError(exitCodes.usage, problem, `The folder: ${dataFolderRemedy}.`);
  const receiver = await startReceiver({
    host: settings.AGENTO_HOST,
    allowedHosts: settings.AGENTO_ALLOWED_HOSTS,
    port,
    directory,
  }).catch((error: Error) => {
    throw new CommandError(exitCodes.failed, error.message, 'Or choose another port with --port.');
  });
  const { bold, dim } = styleOf(terminal.stdout, terminal.env);
  terminal.stdout.write(
    `${bold('OTLP receiver')}  ${receiver.url}/v1/traces  ${dim('(http/protobuf and http/json; Ctrl-C stops it)')}\n` +
      `Traces         ${directory}\n\n` +
      `export OTEL_EXPORTER_OTLP_ENDPOINT=${receiver.url}\n`,
  );
  await interruption(terminal);
  await receiver.close();
  const { requests, spans, refused } = receiver.counts();
  terminal.stdout.write(`\n${requests} requests, ${spans} spans kept, ${refused} requests refused\n`);
  return exitCodes.interrupted;
}
