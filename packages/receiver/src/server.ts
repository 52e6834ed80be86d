import path from 'node:path';
import { EnvironmentError, integer, readEnvironment, serviceVariables } from '@agento/contracts';
import { home } from '@agento/files/home';
import { keepHeapLean } from './lean-heap.ts';
import { startReceiver } from './receiver.ts';

/** The embedded receiver as a process of its own: reads the environment, serves until SIGTERM or SIGINT. */
const { AGENTO_HOST, AGENTO_ALLOWED_HOSTS, AGENTO_DATA_DIR } = serviceVariables;
const PORT = integer(4318, [0, 65535], 'TCP port to listen on');

keepHeapLean();
try {
  const settings = readEnvironment({ AGENTO_HOST, AGENTO_ALLOWED_HOSTS, AGENTO_DATA_DIR, PORT }, process.env);
  const directory = path.resolve(home, settings.AGENTO_DATA_DIR, 'traces');
  const receiver = await startReceiver({
    host: settings.AGENTO_HOST,
    port: settings.PORT,
    allowedHosts: settings.AGENTO_ALLOWED_HOSTS,
    directory,
  });
  console.log(`OTLP receiver: ${receiver.url}/v1/traces, traces in ${directory}`);
  const stop = async () => {
    await receiver.close();
    const { requests, spans, refused } = receiver.counts();
    console.log(`OTLP receiver stopped: ${requests} requests, ${spans} spans, ${refused} refused`);
    process.exit(0);
  };
  process.once('SIGTERM', stop).once('SIGINT', stop);
} catch (error) {
  console.error((error as Error).message);
  process.exit(error instanceof EnvironmentError ? 2 : 1);
}
