import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { chain } from '@agento/contracts';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const root = path.resolve(import.meta.dirname, '../../..');
const read = (file: string) => parse(readFileSync(path.join(root, file), 'utf8'), { merge: true });

interface Service {
  environment?: Record<string, string | number>;
  ports?: string[];
  volumes?: (string | object)[];
  depends_on?: Record<string, unknown>;
}

describe('The deployment', () => {
  const { services } = read('docker-compose.yml') as { services: Record<string, Service> };
  const named = (number: number) => `module${number}`;

  test.each(chain.map(({ number, port }) => ({ number, port })))(
    'has module $number at its port, calling the next one, and published on this machine.',
    ({ number, port }) => {
      const { environment = {}, ports } = services[named(number)] ?? {};
      const next = chain.find((other) => other.number === number + 1);

      expect(environment.PORT).toBe(port);
      expect(environment.AGENTO_NEXT_URL).toBe(next && `http://${named(next.number)}:${next.port}`);
      expect(ports).toEqual([`127.0.0.1:\${AGENTO_PORT_MODULE${number}-${port}}:${port}`]);
      // The names that the services may be called by.
      expect(String(environment.AGENTO_ALLOWED_HOSTS).split(/[,$]/)).toContain(named(number));
    },
  );

  test('gives every module the file that AGENTO_GUARDRAILS names, and tells it where that is.', () => {
    const at = '/etc/agento/guardrails.yaml';
    for (const { number } of chain) {
      const { environment = {}, volumes = [] } = services[named(number)] ?? {};

      expect(environment.AGENTO_GUARDRAILS).toBe(`\${AGENTO_GUARDRAILS:+${at}}`);
      expect(volumes).toContainEqual({
        type: 'bind',
        source: `\${AGENTO_GUARDRAILS:-/dev/null}`,
        target: at,
        read_only: true,
        bind: { create_host_path: false },
      });
    }
  });

  test('says that module 1 is healthy when all of them are.', () => {
    const others = chain.slice(1).map(({ number }) => named(number));

    expect(Object.keys(services[named(1)]?.depends_on ?? {})).toEqual(expect.arrayContaining(others));
  });

  test('leaves every module’s port to Docker where there are replicas, and module 1’s to the entry.', () => {
    const set = parseEnv(readFileSync(path.join(root, 'deploy/scale.env'), 'utf8'));

    for (const { number } of chain) expect(set[`AGENTO_PORT_MODULE${number}`]).toBe('');
    expect(services.entry?.ports).toEqual([
      `127.0.0.1:\${AGENTO_PORT_ENTRY-${chain[0]?.port}}:${chain[0]?.port}`,
    ]);
  });

  test('starts every module with systemd.', () => {
    const target = readFileSync(path.join(root, 'deploy/systemd/agento.target'), 'utf8');

    expect(target.match(/agento-module@\d+\.service/g)).toEqual(
      chain.map(({ number }) => `agento-module@${number}.service`),
    );
  });

  test('has every module in the Helm chart.', () => {
    const { modules } = read('deploy/kubernetes/agento/values.yaml') as { modules: string[] };

    expect(modules).toEqual(chain.map(({ number }) => named(number)));
  });

  test('has every module looked at by Prometheus.', () => {
    const { scrape_configs } = read('deploy/prometheus/prometheus.yml') as {
      scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[];
    };
    const agento = scrape_configs.find(({ job_name }) => job_name === 'agento');

    expect(agento?.static_configs.flatMap(({ targets }) => targets)).toEqual(
      chain.map(({ number, port }) => `${named(number)}:${port}`),
    );
  });
});
