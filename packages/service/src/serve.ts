import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { createModelClient, readModelSettings } from '@agento/agent';
import { EnvironmentError } from '@agento/contracts';
import { listenProblem } from '@agento/edge';
import { readTelemetryEnvironment, secretsOfEnvironment, withoutCredentials } from '@agento/tracing';
import { startTelemetry, type TelemetryLog } from '@agento/tracing/service';
import { createLog } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import type { Module } from './module.ts';
import type { Executions } from './runs/executions.ts';
import { keepRetention } from './runs/retention.ts';
import { createSpanBook } from './runs/span-book.ts';
import { readServiceSettings } from './service-settings.ts';

/** How long active runs may still take after a stop was requested, in milliseconds. */
const graceMs = 5_000;
/** How long a caller may take to read its response after that, in milliseconds. */
const readMs = 2_000;
/** How long it may take to record that nothing of the ended runs can be lost any more, in milliseconds. */
const settleMs = 1_000;
/** How long sending the last spans may take, in milliseconds. */
const flushMs = 3_000;

/**
 * Runs a module's service as this process: settings, telemetry, HTTP, and an end that loses nothing.
 * A wrong variable, or a port that cannot be had, ends the process with exit code 2 and says what to do.
 */
export async function serve(module: Module): Promise<void> {
  try {
    await start(module);
  } catch (error) {
    if (error instanceof EnvironmentError) fail(error.problems.join('\n'));
    const problem = listenProblem(error);
    if (problem === null) throw error;
    const { host, port } = readServiceSettings(module.info, process.env);
    fail(`Port ${port} on ${host} ${problem}: stop whatever is listening there, or set PORT or AGENTO_HOST`);
  }
}

/** With code 2 a supervisor knows that starting again would not help. */
function fail(text: string, code = 2): never {
  process.stderr.write(`${text}\n`);
  process.exit(code);
}

async function start(module: Module): Promise<void> {
  // V8 looks through the whole heap when it has grown by 8 MB or a tenth. Prompts and answers take that in a few
  // runs, and the heap itself is small: let it grow by half first. More saves no CPU time any more, and takes memory.
  setFlagsFromString('--heap-growing-percent=50');
  // The reader of the log may go away (`| head`): that ends the log, not the service.
  process.stdout.on('error', () => {});
  const { env } = process;
  const settings = readServiceSettings(module.info, env);
  const modelSettings = readModelSettings(env);
  const telemetryEnvironment = readTelemetryEnvironment(env);
  const serviceName = `${telemetryEnvironment.OTEL_SERVICE_NAME_PREFIX}-Module-${module.info.number}`;
  const spans = createSpanBook();
  // The log has to know the secrets that telemetry has learned, and telemetry logs.
  const logger: { current: TelemetryLog | null } = { current: null };
  const telemetry = startTelemetry({
    module: module.info,
    env,
    dataDir: settings.dataDir,
    secrets: secretsOfEnvironment(env),
    notes: spans,
    log: {
      warn: (fields, text) => logger.current?.warn(fields, text),
      info: (fields, text) => logger.current?.info(fields, text),
    },
  });
  const log = createLog({ level: settings.logLevel, serviceName, redactLine: telemetry.redactLine });
  logger.current = log;
  // Instrumentation patches http when it is next required: before Fastify is loaded, and in any case now.
  createRequire(import.meta.url)('node:http');
  const { assemble, openStore } = await import('./assemble.ts');

  let metrics: Metrics | null = null;
  let executions: Executions | null = null;
  const models = createModelClient(modelSettings, (call) => metrics?.modelCall(call));
  metrics = createMetrics({
    module: module.info.number,
    modelLoad: models.load,
    runLoad: () => executions?.load() ?? { queued: 0, oldestQueuedSeconds: 0 },
    deliveryStats: telemetry.stats,
    otlp: await telemetry.startMetrics(),
    log,
  });
  const store = await openStore({
    ...settings,
    onError: (error) => log.warn({ err: error }, 'the database does not do what it should'),
    // It may be back when the service is started again.
  }).catch((error: Error) => fail(error.message, 1));
  const assembled = await assemble({
    module,
    settings,
    models,
    telemetry,
    metrics,
    log,
    serviceName,
    store,
    spans,
  });
  const { app, service } = assembled;
  executions = assembled.executions;
  for (const reason of telemetryEnvironment.ignored) log.warn(`a variable has no effect: ${reason}`);
  await app.listen({ host: settings.host, port: settings.port });
  log.info(
    {
      next: settings.nextUrl && withoutCredentials(settings.nextUrl),
      model: withoutCredentials(modelSettings.baseUrl),
      export: telemetry.endpoint ? withoutCredentials(telemetry.endpoint) : 'disabled',
    },
    `module ${module.info.number} is ready`,
  );

  executions.takeOver();
  const endRetention = keepRetention(service);
  const stop = async (why: string) => {
    if (service.stopping) return;
    service.stopping = true;
    endRetention();
    log.info({ why, ...assembled.executions.load() }, 'stopping');
    await assembled.executions.stop(graceMs);
    const impatience = setTimeout(() => app.server.closeAllConnections(), readMs);
    await app.close();
    clearTimeout(impatience);
    await models.close();
    await telemetry.shutdown(flushMs);
    await assembled.executions.settle(settleMs);
    await store.close();
    log.info({ export: telemetry.stats() ?? 'disabled' }, 'stopped');
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stop(signal));
  // A killed supervisor cannot send a signal; its channel closes instead.
  if (env.AGENTO_SUPERVISED === '1') process.on('disconnect', () => void stop('the supervisor is gone'));
  const crash = (error: unknown) => {
    log.fatal({ err: error }, 'unexpected failure');
    void telemetry.shutdown(flushMs).finally(() => process.exit(1));
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
}
