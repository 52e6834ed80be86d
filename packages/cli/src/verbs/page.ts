import { readEnvironment, serviceVariables } from '@agento/contracts';
import { listenProblem } from '@agento/edge';
import { servePage } from '@agento/page';
import { buildPage } from '@agento/page/build';
import { dataDirectory } from '../environment.ts';
import { CommandError, type ExitCode, exitCodes } from '../exit-codes.ts';
import { jaegerAt } from '../in-jaeger.ts';
import { startCommand } from '../invocation.ts';
import { isFolder } from '../is-folder.ts';
import { interruption, styleOf, type Terminal } from '../terminal.ts';

/** `agento page`: the page over a folder of traces or Jaeger, without any service, until it is interrupted. */
export async function page(
  terminal: Terminal,
  folder: string | undefined,
  { jaeger, port }: { jaeger?: string; port: number },
): Promise<ExitCode> {
  const { stdout, stderr, env } = terminal;
  const { AGENTO_HOST, AGENTO_ALLOWED_HOSTS, AGENTO_JAEGER_UI } = serviceVariables;
  const settings = readEnvironment({ AGENTO_HOST, AGENTO_ALLOWED_HOSTS, AGENTO_JAEGER_UI }, env);
  const { bold, dim } = styleOf(stdout, env);
  if (jaeger !== undefined && folder !== undefined)
    throw new CommandError(exitCodes.usage, 'The evidence lies in a folder or in Jaeger: name one of them.');
  const place = folder ?? dataDirectory(env);
  if (jaeger === undefined && !(await isFolder(place))) {
    throw new CommandError(
      exitCodes.notFound,
      `${place} is not a folder.`,
      `\`${startCommand} "<goal>"\` makes a run, and its folder; a folder of traces can be named, or --jaeger.`,
    );
  }
  if (await buildPage()) stderr.write(`${dim('the page was built from its sources')}\n`);
  const server = await servePage({
    place: jaeger === undefined ? place : jaegerAt(jaeger, env),
    jaegerUi: settings.AGENTO_JAEGER_UI,
    host: settings.AGENTO_HOST,
    allowedHosts: settings.AGENTO_ALLOWED_HOSTS,
    port,
  }).catch((error: Error) => {
    const problem = listenProblem(error);
    const message = problem === null ? error.message : `Port ${port} on ${settings.AGENTO_HOST} ${problem}.`;
    throw new CommandError(exitCodes.failed, message, 'Choose another with --port.');
  });
  stdout.write(`${bold('Page')}  ${server.url}  ${dim(`(of ${jaeger ?? place}; Ctrl-C stops it)`)}\n`);
  await interruption(terminal);
  await server.close();
  return exitCodes.interrupted;
}
