const unknownAuthority = 'its certificate is from an unknown authority: add that to NODE_EXTRA_CA_CERTS';
const noTls = 'it does not speak TLS: use http:// in AGENTO_NEXT_URL';
const closed =
  'it closed the connection without a response; if it speaks TLS, use https:// in AGENTO_NEXT_URL';

/** Why a connection to the next module fails, and what to do, by error code. */
const faults: Record<string, string> = {
  CERT_HAS_EXPIRED: 'its certificate has expired: renew it',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet: check the clocks of both machines',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed: add it to NODE_EXTRA_CA_CERTS',
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate chain is incomplete: have the server send the intermediate certificates, or add the authority to NODE_EXTRA_CA_CERTS',
  CERT_REVOKED: 'its certificate was revoked: get a new one',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for other names: use one of them in AGENTO_NEXT_URL',
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
  EPROTO: 'it speaks no TLS version supported here: try http:// in AGENTO_NEXT_URL',
  ECONNRESET: closed,
  UND_ERR_SOCKET: closed,
  ENOTFOUND: 'the host name does not resolve: check AGENTO_NEXT_URL',
};

/** What is wrong with the connection, as the end of a sentence; null if the error's code does not help. */
export function hopFault(error: unknown): string | null {
  const { code } = (error ?? {}) as { code?: unknown };
  if (typeof code !== 'string') return null;
  const known = faults[code];
  if (known) return known;
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_'))
    return `TLS failed with ${code.slice(0, 100)}`;
  return code.startsWith('HPE_') ? 'it does not speak HTTP: check AGENTO_NEXT_URL' : null;
}

/** Faults of a service that is just starting, stopping or overloaded. */
const passing = new Set(['ECONNRESET', 'UND_ERR_SOCKET', 'ENOTFOUND']);

/** Whether somebody has to change something before the connection can succeed. */
export function isLasting(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: string };
  return hopFault(error) !== null && !passing.has(code ?? '');
}
