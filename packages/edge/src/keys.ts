import { createHash, timingSafeEqual } from 'node:crypto';

/** The token of `Authorization: Bearer …`; null if absent. */
export function bearerOf(authorization: string | undefined): string | null {
  return /^bearer +([^\s]+)$/i.exec(authorization ?? '')?.[1] ?? null;
}

/** Checks whether a token is one of the keys, in constant time. */
export function keyCheck(keys: readonly string[]): (token: string) => boolean {
  const hashes = keys.map(sha256);
  return (token) => {
    const given = sha256(token);
    let found = false;
    for (const hash of hashes) found = timingSafeEqual(hash, given) || found;
    return found;
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
