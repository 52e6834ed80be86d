import { STATUS_CODES } from 'node:http';
import { type EdgeError, edge, edgeOptions } from '@agento/edge';
import { type About, registerEvidenceRoutes, startEvidenceThread } from '@agento/evidence-api';
import Fastify, { type FastifyError } from 'fastify';
import { registerPage } from './register-page.ts';

export interface PageServer {
  url: string;
  close(): Promise<void>;
}

/**
 * The page over the evidence alone, without any service: it changes nothing and starts nothing.
 *
 * @throws the error of the operating system if the port cannot be listened on
 */
export async function servePage(of: {
  /** A folder of traces, or Jaeger. */
  place: About['place'];
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
  await registerPage(app);
  const thread = startEvidenceThread({ place: of.place, models: null });
  app.addHook('onClose', () => thread.close());
  registerEvidenceRoutes(app, thread, (statusCode, detail) =>
    Object.assign(new Error(detail), { statusCode }),
  );
  const url = await app.listen({ host, port: of.port });
  return { url, close: () => app.close() };
}
