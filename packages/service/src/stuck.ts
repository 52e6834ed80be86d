import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';

/** How long a caller may take nothing of what was sent to it, in milliseconds. */
const stuckMs = 120_000;

/**
 * Ends the connection of a caller that does not read its response: what was sent to it lies in memory. One that waits for
 * an answer is not meant, and neither is a slow one.
 */
export function endIfStuck(response: ServerResponse, ms = stuckMs): void {
  const { socket } = response;
  // An injected request has no connection.
  if (!(socket instanceof Socket)) return;
  response.setTimeout(ms, () => {
    if (socket.writableLength > 0) socket.destroy();
  });
}
