const trust =
  'trust the authority’s certificate, or the collector’s own (`tls.ca`, OTEL_EXPORTER_OTLP_CERTIFICATE), or use http://';

/** Why a TLS connection to the collector fails, and what to do, by error code. */
const faults: Record<string, string> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet; compare the clocks',
  CERT_REVOKED: 'its certificate is revoked',
  DEPTH_ZERO_SELF_SIGNED_CERT: `its certificate is signed by itself: ${trust}`,
  SELF_SIGNED_CERT_IN_CHAIN: `its authority is not trusted: ${trust}`,
  UNABLE_TO_GET_ISSUER_CERT: `its authority is not known: ${trust}`,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: `its authority is not known: ${trust}`,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: `its authority is not known: ${trust}`,
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host than the endpoint’s',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS: use http://, or the port that does',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS: use http://, or the port that does',
  EPROTO: 'it does not speak TLS as it is meant: use http://, or the port that does',
};
const clientCertificate =
  'it does not accept the exporter’s certificate: see `tls.cert` and `tls.key`, or OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE and …_CLIENT_KEY';

/** What is wrong with the TLS of a connection, as the end of a sentence; null if TLS was not the cause. */
export function tlsFault({ code }: NodeJS.ErrnoException): string | null {
  if (code === undefined) return null;
  if (
    /^ERR_SSL_\w*ALERT_(CERTIFICATE|BAD_CERTIFICATE|UNKNOWN_CA|HANDSHAKE|ACCESS)|CERTIFICATE_REQUIRED/.test(
      code,
    )
  )
    return clientCertificate;
  return faults[code] ?? (/^ERR_(SSL|TLS)_/.test(code) ? `TLS failed with ${code.slice(0, 100)}` : null);
}
