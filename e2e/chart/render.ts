import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

const kubernetes = join(import.meta.dirname, '../../deploy/kubernetes');
export const chart = join(kubernetes, 'agento');
export const fullValues = join(chart, 'ci/full-values.yaml');

/** An object of Kubernetes, as far as every kind is alike. */
export interface Resource {
  apiVersion: string;
  kind: string;
  metadata: { name: string; labels: Record<string, string> };
  // biome-ignore lint/suspicious/noExplicitAny: its shape depends on the kind, and the schemas check it
  spec?: any;
}

/** Runs Helm, which is built if it is missing; gives what it printed. @throws with its stderr if it fails */
export function helm(...command: string[]): string {
  return execFileSync('bash', [join(kubernetes, 'helm.sh'), ...command], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 900_000,
  });
}

/** The objects of a release `agento`, with further arguments of `helm template`. */
export function render(...command: string[]): Resource[] {
  return parseAllDocuments(helm('template', 'agento', chart, '--namespace', 'plans', ...command))
    .map((document) => document.toJS({ maxAliasCount: 0 }) as Resource | null)
    .filter((resource) => resource !== null);
}
