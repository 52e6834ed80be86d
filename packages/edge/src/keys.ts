import { createHash, timingSafeEqual } from 'node:crypto';

/** The token of `Authorization: Bearer …`; null where there is none. */
export function bearerOf(authorization: string | undefined): string | null {
  return /^bearer +([^\s]+)$/i.exec(authorization ?? '')?.[1] ?? null;
}

/** Tells whether a token is one of the keys, in a time that says nothing about which or how nearly. */
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
