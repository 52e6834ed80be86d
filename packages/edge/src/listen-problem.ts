const words: Record<string, string> = {
  EADDRINUSE: 'is in use',
  EACCES: 'requires privileges this user does not have',
  EADDRNOTAVAIL: 'is unavailable: this machine does not have the address',
  ENOTFOUND: 'is unavailable: the host name does not resolve',
  EAI_AGAIN: 'is unavailable: the host name could not be looked up',
};

/** `is in use`: why nothing can listen on a port, as the end of a sentence; null where the error is about something else. */
export function listenProblem(error: unknown): string | null {
  const { code = '', syscall = '', message } = error as NodeJS.ErrnoException;
  if (!['listen', 'bind', 'getaddrinfo'].includes(syscall)) return null;
  return words[code] ?? `is unavailable: ${message}`;
}
