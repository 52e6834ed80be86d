const words: Record<string, string> = {
  EADDRINUSE: 'is in use',
  EACCES: 'needs rights that this user does not have',
  EADDRNOTAVAIL: 'cannot be had: this machine does not have the address',
  ENOTFOUND: 'cannot be had: no address has that name',
  EAI_AGAIN: 'cannot be had: the name could not be looked up',
};

/** `is in use`: why nothing can listen on a port, as the end of a sentence; null where the error is about something else. */
export function listenProblem(error: unknown): string | null {
  const { code = '', syscall = '', message } = error as NodeJS.ErrnoException;
  if (!['listen', 'bind', 'getaddrinfo'].includes(syscall)) return null;
  return words[code] ?? `cannot be had: ${message}`;
}
