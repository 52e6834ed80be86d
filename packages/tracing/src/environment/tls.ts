import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { TlsFiles } from '@agento/delivery';
import { whyNot } from '@agento/files';

const readers = {
  ca: ['CERTIFICATE', 'certificate', (pem: Buffer) => new X509Certificate(pem)],
  cert: ['CLIENT_CERTIFICATE', 'certificate', (pem: Buffer) => new X509Certificate(pem)],
  key: ['CLIENT_KEY', 'private key without a passphrase', (pem: Buffer) => createPrivateKey(pem)],
} as const;

/** Reads the PEM files the variables name, preferring those for traces; each problem names its variable. */
export function readTls(values: Record<string, unknown>, problems: string[]): TlsFiles {
  const files: TlsFiles = {};
  const before = problems.length;
  const names: Record<string, string> = {};
  for (const [use, [suffix, what, check]] of Object.entries(readers)) {
    const name = [`OTEL_EXPORTER_OTLP_TRACES_${suffix}`, `OTEL_EXPORTER_OTLP_${suffix}`].find(
      (candidate) => values[candidate],
    );
    if (!name) continue;
    names[use] = name;
    let pem: Buffer;
    try {
      pem = readFileSync(String(values[name]));
    } catch (error) {
      problems.push(`${name}: the file cannot be read: ${whyNot(error)}`);
      continue;
    }
    try {
      check(pem);
      files[use as keyof TlsFiles] = pem;
    } catch {
      problems.push(`${name}: the file has no ${what} in PEM`);
    }
  }
  if (names.cert && !names.key)
    problems.push(`${names.cert}: requires OTEL_EXPORTER_OTLP_CLIENT_KEY as well`);
  if (names.key && !names.cert)
    problems.push(`${names.key}: requires OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE as well`);
  if (problems.length > before) return {};
  try {
    createSecureContext(files);
  } catch {
    problems.push(`${names.key}: is not the key of ${names.cert}`);
  }
  return files;
}
