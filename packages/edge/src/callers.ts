import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** Which hosts a server answers to, besides loopback names and its own address. */
export interface Callers {
  /** The host name or address the server listens on. */
  host: string;
  /** Further host names, in lower case, each with or without a port (AGENTO_ALLOWED_HOSTS). */
  allowedHosts: readonly string[];
}

/** Why a request is rejected, with the status. */
export interface CallerProblem {
  status: 400 | 403;
  detail: string;
}

/**
 * Why this caller must not be answered; null if it may. A browser sends along where a page comes
 * from and what name it asked for: a page of another origin has no business here, nor has one that had its own
 * name resolve to this machine (DNS rebinding).
 */
export function callerProblem(request: IncomingMessage, callers: Callers): CallerProblem | null {
  const host = hostOf(request);
  if (host === null)
    return { status: 400, detail: 'The request must name exactly one host, as name or name:port' };
  if (!isAllowed(host, request, callers)) {
    return {
      status: 403,
      detail: `This service does not answer to the host ${host.hostname.slice(0, 100)}: set AGENTO_ALLOWED_HOSTS if it should`,
    };
  }
  const { origin } = request.headers;
  if (origin !== undefined && !isOwn(origin, host))
    return { status: 403, detail: 'The request comes from a page of another origin' };
  // Links from other sites may be followed; nothing else from other sites (or other ports here) is allowed.
  const site = request.headers['sec-fetch-site'] ?? 'none';
  const navigates = request.headers['sec-fetch-mode'] === 'navigate' && isRead(request.method);
  if (site !== 'none' && site !== 'same-origin' && !navigates)
    return { status: 403, detail: 'The request comes from a page of another site' };
  return null;
}

/** The request's host as a URL; null if it is missing, repeated or malformed. */
function hostOf(request: IncomingMessage): URL | null {
  const named = request.rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host');
  if (named.length > 1) return null;
  const host = urlOf(request.headers.host ?? '');
  // The absolute form of a request's target takes precedence over Host (RFC 9112, section 3.2.2).
  const absolute = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(request.url ?? '');
  if (!absolute || host === null) return host;
  const asked = urlOf(absolute[1] ?? '');
  return asked?.host === host.host ? host : null;
}

function urlOf(host: string): URL | null {
  const text = `http://${host}`;
  if (!/^(\[[0-9a-f:.]+\]|[\w.-]+)(:\d{1,5})?$/i.test(host) || !URL.canParse(text)) return null;
  return new URL(text);
}

function isAllowed({ hostname, port }: URL, request: IncomingMessage, callers: Callers): boolean {
  const name = hostname.replace(/\.$/, '');
  if (isLoopback(name) || name === callers.host.toLowerCase()) return true;
  const own = request.socket.localAddress;
  if (own !== undefined && bare(name) === bare(own)) return true;
  return callers.allowedHosts.some((entry) => entry === name || entry === `${name}:${port || '80'}`);
}

/** True for the names and addresses of this machine alone. */
export function isLoopback(host: string): boolean {
  const name = bare(host.toLowerCase());
  if (isIP(name) === 4) return name.startsWith('127.');
  return name === '::1' || name === 'localhost' || name.endsWith('.localhost');
}

/** An address in its one canonical form, without brackets; IPv4 as IPv4 where a socket for both has it as IPv6. */
function bare(address: string): string {
  const unwrapped = address.replace(/^\[|\]$|%.*$/g, '');
  if (isIP(unwrapped) !== 6) return unwrapped;
  const canonical = new URL(`http://[${unwrapped}]`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(canonical);
  if (!mapped) return canonical;
  const [high = 0, low = 0] = mapped.slice(1).map((part) => Number.parseInt(part, 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** Whether the origin is the request's own host; its scheme says which port goes without saying. */
function isOwn(origin: string, host: URL): boolean {
  if (!/^https?:\/\/[^/@?#\\\s]+$/i.test(origin) || !URL.canParse(origin)) return false;
  const { protocol, host: theirs } = new URL(origin);
  const ours = `${protocol}//${host.hostname}${host.port && `:${host.port}`}`;
  return new URL(ours).host === theirs;
}

function isRead(method: string | undefined): boolean {
  return method === 'GET' || method === 'HEAD';
}
