import { modelVariables, offlineVariables, serviceVariables } from '@agento/contracts';
import { telemetryVariables } from '@agento/tracing/variables';

/**
 * What every process gets: paths of programs and temporary files, language and time zone, and Node's own settings
 * (memory limits, certificates). Not NODE_DEBUG, which prints headers and so keys.
 */
const everyone = names(
  ['PATH', 'HOME', 'USERPROFILE', 'SYSTEMROOT', 'TMPDIR', 'TMP', 'TEMP', 'TZ', 'LANG', 'LANGUAGE', 'LC_\\w+'],
  ['NODE_ENV', 'NODE_OPTIONS', 'NODE_COMPILE_CACHE', 'NODE_NO_WARNINGS', 'NODE_V8_COVERAGE'],
  ['NODE_EXTRA_CA_CERTS', 'NODE_USE_SYSTEM_CA', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
);
/** Where the server listens and whom it answers. */
const server = names(['AGENTO_HOST', 'AGENTO_ALLOWED_HOSTS', 'AGENTO_SUPERVISED']);

/** The variables each kind of process gets; nothing else reaches it. */
const allowed = {
  /** Modules call the model, the collector and each other: with their keys, and through proxies. */
  module: [
    everyone,
    server,
    names([serviceVariables, modelVariables, telemetryVariables].flatMap(Object.keys), [
      'AGENTO_MODEL_\\w+',
      'OTEL_\\w+',
      'NODE_TLS_REJECT_UNAUTHORIZED',
    ]),
  ],
  /** The offline model and the receiver make no calls. */
  model: [everyone, server, names(Object.keys(offlineVariables))],
  receiver: [everyone, server, names(['AGENTO_DATA_DIR'])],
} satisfies Record<string, RegExp[]>;

/** The variables of the environment that a process of this kind needs. */
export function environmentFor(kind: keyof typeof allowed, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const needed = ([name]: [string, unknown]) => allowed[kind].some((pattern) => pattern.test(name));
  return Object.fromEntries(Object.entries(env).filter(needed));
}

/** Any of the names, case-insensitive: proxy variables exist in both cases, and Windows ignores case. */
function names(...patterns: string[][]): RegExp {
  return new RegExp(`^(?:${patterns.flat().join('|')})$`, 'i');
}
