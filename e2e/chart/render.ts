import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

const kubernetes = join(import.meta.dirname, '../../deploy/kubernetes');
export const chart = join(kubernetes, 'agento');
export const fullValues = join(chart, 'ci/full-values.yaml');

type Labels = Record<string, string>;

/** Whom a network policy lets in or out. */
export interface Peer {
  podSelector?: { matchLabels?: Labels };
}

interface Container {
  env: { name: string; value?: string; valueFrom?: unknown }[];
  ports: unknown;
  resources: unknown;
  volumeMounts: unknown[];
  securityContext: unknown;
  livenessProbe: { httpGet: unknown };
  readinessProbe: { httpGet: { path: string } };
}

/** What the tests look at, of whichever kind has it; that each kind has it where it should, the schemas check. */
interface Spec {
  /** Of deployments and scalers. */
  replicas?: number;
  maxReplicas: number;
  metrics: { resource?: { name: string }; pods?: { metric: { name: string } } }[];
  strategy: unknown;
  template: {
    metadata: { labels: Labels; annotations?: Labels };
    spec: { containers: [Container]; volumes: unknown[] };
  };
  /** Of services, which have the labels themselves here, and of what selects pods. */
  selector: { matchLabels: Labels };
  ports: unknown;
  /** Of network policies. */
  podSelector: { matchLabels: Labels };
  ingress: { from: Peer[]; ports: unknown }[];
  egress: { to?: Peer[]; ports: unknown }[];
}

/** An object of Kubernetes. */
export interface Resource {
  apiVersion: string;
  kind: string;
  metadata: { name: string; labels: Labels };
  spec: Spec;
  /** Of configuration. */
  data?: Record<string, string>;
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
