import { STATUS_CODES } from 'node:http';
import { type EdgeError, edge, edgeOptions } from '@agento/edge';
import {
  type About,
  evidenceRoutes,
  registerEvidenceRoutes,
  startEvidenceThread,
} from '@agento/evidence-api';
import Fastify, { type FastifyError } from 'fastify';
import { registerPage } from './register-page.ts';

const routes = ['/', ...evidenceRoutes.map(({ path }) => path.replaceAll(/:(\w+)/g, '{$1}'))];
/** For whoever asks for something else. */
const whatIsThere = `There are ${routes.join(', ')}, with GET. Runs are started at module 1's address, not here.`;

export interface PageServer {
  url: string;
  close(): Promise<void>;
}

/**
 * The page over the evidence alone, without any service: it changes no trace and starts nothing.
 *
 * @throws the error of the operating system if the port cannot be listened on
 */
export async function servePage(of: {
  /** A folder of traces, or Jaeger. */
  place: About['place'];
  /** Address of Jaeger for a browser; null: that of `place`, if it is Jaeger. */
  jaegerUi: string | null;
  host: string;
  port: number;
  allowedHosts: string[];
}): Promise<PageServer> {
  const { host, allowedHosts } = of;
  const app = Fastify({ ...edgeOptions({ host, allowedHosts }), forceCloseConnections: true });
  app.setErrorHandler<FastifyError | EdgeError>((error, _request, reply) => {
    const { statusCode: status = 500 } = error;
    return reply
      .code(status)
      .type('application/problem+json')
      .send({ type: 'about:blank', title: STATUS_CODES[status], status, detail: error.message });
  });
  await app.register(edge, { host, allowedHosts });
  app.setNotFoundHandler(async ({ method, url }) => {
    const asked = `${method} ${url.replace(/\?.*/s, '').slice(0, 200)}`;
    throw refused(404, `There is no ${asked}. ${whatIsThere}`);
  });
  await registerPage(app);
  const thread = startEvidenceThread({ place: of.place, models: null, jaegerUi: of.jaegerUi });
  app.addHook('onClose', () => thread.close());
  registerEvidenceRoutes(app, thread, refused);
  // The list is being read before a browser asks for it, which is told of what fails.
  thread.ask('runs', { limit: '1000' }).catch(() => {});
  const url = await app.listen({ host, port: of.port });
  return { url, close: () => app.close() };
}

function refused(statusCode: number, detail: string): Error {
  return Object.assign(new Error(detail), { statusCode });
}
