import { randomBytes } from 'node:crypto';
import path from 'node:path';
import {
  chain,
  modelVariables,
  offlineProvider,
  offlineVariables,
  readEnvironment,
  serviceVariables,
} from '@agento/contracts';
import { root } from '@agento/files/home';
import { offlineModelName } from '@agento/offline-model/names';
import { checkEnvironment } from '../check-environment.ts';
import { compileCache } from '../compile-cache.ts';
import { addressOf, dataDirectory, isSet, shownUrl } from '../environment.ts';
import { environmentFor } from './child-environment.ts';
import { nodeFlags } from './node-flags.ts';
import { choosePorts } from './ports.ts';
import { type SpanTarget, spanTargetOf } from './span-target.ts';

/** `.ts` in a checkout; what npm installs is JavaScript, for there Node reads nothing else. */
const extension = path.extname(import.meta.filename);

/** A process to be started. */
export interface ProcessPlan {
  name: string;
  title: string;
  /** What node is given: script and arguments. */
  command: string[];
  env: NodeJS.ProcessEnv;
  port: number;
  /** Its address, without a path. */
  url: string;
  /** The path that answers 200 once it can work. */
  readyPath: string;
}

/** Everything `start` brings up, and the addresses of what it does not. */
export interface SystemPlan {
  host: string;
  dataDir: string;
  modules: ProcessPlan[];
  /** What the modules need while they run; started with them, stopped after them. */
  embedded: ProcessPlan[];
  model: { name: string; url: string; offline: boolean };
  spanTarget: SpanTarget;
  /** Where the model is and where spans go, without credentials. */
  shown: { model: string; spans: string | null };
  /** Whether callers need a key. */
  asksForKey: boolean;
  /** Variables that are set but do not apply. */
  notes: string[];
}

/** Reads and checks the environment; throws an EnvironmentError that names each wrong variable. */
export async function planSystem(env: NodeJS.ProcessEnv, portBase: number | undefined): Promise<SystemPlan> {
  // PORT and AGENTO_NEXT_URL are one service's: here the chain gives each its own.
  const { PORT: _port, AGENTO_NEXT_URL: _next, ...shared } = env;
  await checkEnvironment(shared);
  const values = readEnvironment({ ...serviceVariables, ...modelVariables, ...offlineVariables }, shared);
  const host = values.AGENTO_HOST;
  const dataDir = dataDirectory(env);
  const offline = !isSet(env, 'OPENAI_API_KEY') && !isSet(env, 'OPENAI_BASE_URL');
  const ports = await choosePorts(host, portBase, values.AGENTO_OFFLINE_PORT);
  const urls = { model: addressOf(host, ports.model), receiver: addressOf(host, ports.receiver) };
  const spanTarget = spanTargetOf(env, urls.receiver);
  const asksForKey = values.AGENTO_API_KEYS.length > 0;

  const base: NodeJS.ProcessEnv = {
    ...shared,
    AGENTO_DATA_DIR: dataDir,
    AGENTO_SUPERVISED: '1',
    // All services load the same code: compiled once, they start twice as fast.
    NODE_COMPILE_CACHE: env.NODE_COMPILE_CACHE || compileCache,
  };
  const services = { ...base };
  const notes: string[] = [];
  const ofOneService = ['PORT', 'AGENTO_NEXT_URL'].filter((name) => isSet(env, name));
  if (ofOneService.length > 0) {
    notes.push(`${ofOneService.join(', ')}: not used, each module gets its own (ports: --port-base)`);
  }
  let model = {
    name: values.AGENTO_MODEL,
    url: values.OPENAI_BASE_URL ?? 'https://api.openai.com/v1',
    offline,
  };
  if (offline) {
    model = { name: offlineModelName, url: `${urls.model}/v1`, offline };
    const others = Object.keys(services).filter(
      (name) => /^AGENTO_MODEL(_|$)/.test(name) && isSet(env, name),
    );
    for (const name of others) delete services[name];
    if (others.length > 0)
      notes.push(`${others.join(', ')}: not used, the offline model answers every agent`);
    Object.assign(services, {
      OPENAI_BASE_URL: model.url,
      OPENAI_API_KEY: 'offline',
      AGENTO_MODEL: offlineModelName,
      AGENTO_PROVIDER: offlineProvider,
    });
  }
  // It takes spans alone: as the endpoint of everything it would be sent metrics as well.
  if (spanTarget.embedded) services.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT = spanTarget.url ?? '';
  // No proxy leads to what runs here.
  const except = [env.no_proxy || env.NO_PROXY, ...Object.values(urls).map((url) => new URL(url).host)];
  if (values.NODE_USE_ENV_PROXY === '1') services.no_proxy = except.filter(Boolean).join(',');
  // Callers have keys, so the modules need one of their own.
  if (asksForKey && !isSet(env, 'AGENTO_HOP_KEY')) {
    services.AGENTO_HOP_KEY = randomBytes(32).toString('base64url');
  }

  const verb = (
    name: 'model' | 'receiver',
    title: string,
    port: number,
    url: string,
    command: string,
  ): ProcessPlan => ({
    name,
    title,
    command: [path.join(root, 'packages', 'cli', 'src', `main${extension}`), command, '--port', String(port)],
    env: environmentFor(name, base),
    port,
    url,
    readyPath: '/livez',
  });
  return {
    host,
    dataDir,
    modules: chain.map(({ number, title }, place) => {
      const port = ports.modules[place] ?? 0;
      const next = ports.modules[place + 1];
      return {
        name: `module${number}`,
        title: `module ${number}, ${title.toLowerCase()}`,
        command: [...nodeFlags, path.join(root, 'services', `module${number}`, 'src', `server${extension}`)],
        env: {
          ...environmentFor('module', services),
          PORT: String(port),
          ...(next === undefined ? {} : { AGENTO_NEXT_URL: addressOf(host, next) }),
        },
        port,
        url: addressOf(host, port),
        readyPath: '/readyz',
      };
    }),
    embedded: [
      ...(offline ? [verb('model', 'the offline model', ports.model, urls.model, 'model')] : []),
      ...(spanTarget.embedded
        ? [verb('receiver', 'the embedded receiver', ports.receiver, urls.receiver, 'receive')]
        : []),
    ],
    model,
    spanTarget,
    shown: {
      model: values.OPENAI_BASE_URL === null ? model.url : await shownUrl(model.url),
      spans: spanTarget.embedded ? spanTarget.url : spanTarget.url && (await shownUrl(spanTarget.url)),
    },
    asksForKey,
    notes,
  };
}
