import { offlineProvider, offlineVariables, readEnvironment, serviceVariables } from '@agento/contracts';
import { listenProblem } from '@agento/edge';
import { offlineModelName, startOfflineModel } from '@agento/offline-model';
import { CommandError, type ExitCode, exitCodes } from '../exit-codes.ts';
import { interruption, styleOf, type Terminal } from '../terminal.ts';

/** `agento model`: the offline model alone, until it is interrupted. */
export async function model(terminal: Terminal, options: { port?: number }): Promise<ExitCode> {
  const { AGENTO_HOST, AGENTO_ALLOWED_HOSTS } = serviceVariables;
  const settings = readEnvironment({ AGENTO_HOST, AGENTO_ALLOWED_HOSTS, ...offlineVariables }, terminal.env);
  const port = options.port ?? settings.AGENTO_OFFLINE_PORT;
  const server = await startOfflineModel({
    host: settings.AGENTO_HOST,
    allowedHosts: settings.AGENTO_ALLOWED_HOSTS,
    port,
    latencyMs: settings.AGENTO_OFFLINE_LATENCY_MS,
    keepsLedger: settings.AGENTO_OFFLINE_LEDGER,
  }).catch((error: Error) => {
    const problem = listenProblem(error);
    const message = problem === null ? error.message : `Port ${port} on ${settings.AGENTO_HOST} ${problem}.`;
    throw new CommandError(exitCodes.failed, message, 'Choose another port with --port.');
  });
  const { bold, dim } = styleOf(terminal.stdout, terminal.env);
  terminal.stdout.write(
    `${bold('Offline model')}  ${server.url}  ${dim('(rules, no language model; Ctrl-C stops it)')}\n\n` +
      `export OPENAI_BASE_URL=${server.url}\nexport OPENAI_API_KEY=offline\n` +
      `export AGENTO_MODEL=${offlineModelName}\nexport AGENTO_PROVIDER=${offlineProvider}\n`,
  );
  await interruption(terminal);
  await server.close();
  return exitCodes.interrupted;
}
