import { EnvironmentError, offlineVariables, readEnvironment, serviceVariables } from '@agento/contracts';
import { offlineModelName, startOfflineModel } from './index.ts';

/** The offline model as a process of its own. Exits with 2 on an invalid variable, with 1 if it cannot listen. */
const { AGENTO_HOST, AGENTO_ALLOWED_HOSTS } = serviceVariables;
try {
  const values = readEnvironment({ AGENTO_HOST, AGENTO_ALLOWED_HOSTS, ...offlineVariables }, process.env);
  const model = await startOfflineModel({
    host: values.AGENTO_HOST,
    allowedHosts: values.AGENTO_ALLOWED_HOSTS,
    port: values.AGENTO_OFFLINE_PORT,
    latencyMs: values.AGENTO_OFFLINE_LATENCY_MS,
    keepsLedger: values.AGENTO_OFFLINE_LEDGER,
  });
  console.log(`${offlineModelName} answers at ${model.url}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void model.close().finally(() => process.exit(0));
    });
  }
} catch (error) {
  console.error((error as Error).message);
  process.exit(error instanceof EnvironmentError ? 2 : 1);
}
