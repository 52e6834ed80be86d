const unknownAuthority =
  'its certificate comes of an authority unknown here: name that in NODE_EXTRA_CA_CERTS';
const noTls = 'it speaks no TLS: use http:// in AGENTO_NEXT_URL';
const closed =
  'it closed the connection without an answer; if it speaks TLS, use https:// in AGENTO_NEXT_URL';

/** What keeps a connection to the next module from coming about, and what to do, by the error's code. */
const faults: Record<string, string> = {
  CERT_HAS_EXPIRED: 'its certificate has expired: renew it',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet: look at the clocks of both machines',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself: name it in NODE_EXTRA_CA_CERTS',
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate comes without those between it and its authority: have the server send them, or name the authority in NODE_EXTRA_CA_CERTS',
  CERT_REVOKED: 'its certificate was revoked: get a new one',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for other names: use one of them in AGENTO_NEXT_URL',
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
  EPROTO: 'it speaks no TLS that is understood here: try http:// in AGENTO_NEXT_URL',
  ECONNRESET: closed,
  UND_ERR_SOCKET: closed,
  ENOTFOUND: 'nobody knows the name: look at AGENTO_NEXT_URL',
};

/** A sentence's end for what is wrong with the connection; null where the error's code says nothing of use. */
export function hopFault(error: unknown): string | null {
  const { code } = (error ?? {}) as { code?: unknown };
  if (typeof code !== 'string') return null;
  const known = faults[code];
  if (known) return known;
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_'))
    return `TLS failed with ${code.slice(0, 100)}`;
  return code.startsWith('HPE_') ? 'it speaks no HTTP: look at AGENTO_NEXT_URL' : null;
}
