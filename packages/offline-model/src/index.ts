import { buildApp } from './app.ts';

export type { LedgerEntry } from './ledger.ts';
export { offlineModelName } from './names.ts';

/** A running offline model; `url` ends in `/v1`, ready for `OPENAI_BASE_URL`. */
export interface OfflineModel {
  url: string;
  port: number;
  /** Ends what is in flight and stops listening. */
  close(): Promise<void>;
}

/**
 * Listens on host and port (0: any free one); rejects if the port is in use. `latencyMs` delays each answer,
 * `allowedHosts` are names it answers to besides loopback names and its own address, `keepsLedger` keeps account of every
 * request at `/offline/ledger`.
 */
export async function startOfflineModel({
  host,
  port,
  latencyMs,
  allowedHosts = [],
  keepsLedger = false,
}: {
  host: string;
  port: number;
  latencyMs: number;
  allowedHosts?: string[];
  keepsLedger?: boolean;
}): Promise<OfflineModel> {
  const app = buildApp({ latencyMs, keepsLedger, host, allowedHosts });
  await app.listen({ host, port });
  const [address] = app.addresses();
  const bound = typeof address === 'object' ? address.port : port;
  const name = host.includes(':') ? `[${host}]` : host;
  return { url: `http://${name}:${bound}/v1`, port: bound, close: () => app.close() };
}
