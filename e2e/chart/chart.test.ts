import { readFileSync } from 'node:fs';
import path from 'node:path';
import { chain, version } from '@agento/contracts';
import { readGuardrails } from '@agento/guardrails';
import { describe, expect, test } from 'vitest';
import { chart, fullValues, helm, type Peer, type Resource, render } from './render.ts';
import { schemaCheck, versions } from './schemas.ts';

const renderings: { values: string; command: string[] }[] = [
  { values: 'its own values', command: [] },
  { values: 'every value set', command: ['--values', fullValues] },
];

const of = (resources: Resource[], kind: string) => resources.filter((resource) => resource.kind === kind);
const named = (number: number) => `agento-module${number}`;
const one = (resources: Resource[], kind: string, name: string): Resource => {
  const [found, ...more] = of(resources, kind).filter(({ metadata }) => metadata.name === name);
  if (found === undefined || more.length > 0) throw new Error(`There is not one ${kind} ${name}`);
  return found;
};
/** Variables of a module's container: values, or references of secrets. */
const variablesOf = (resources: Resource[], name: string): Record<string, unknown> =>
  Object.fromEntries(
    one(resources, 'Deployment', name).spec.template.spec.containers[0].env.map((entry) => [
      entry.name,
      entry.value ?? entry.valueFrom,
    ]),
  );
const refusal = (...set: string[]) => {
  try {
    render(...set.flatMap((value) => ['--set', value]));
    return null;
  } catch (error) {
    return String((error as { stderr: unknown }).stderr);
  }
};

describe.each(renderings)('The chart, with $values', ({ command }) => {
  const resources = render(...command);
  const workloads = of(resources, 'Deployment');

  test('is found in order by Helm.', () => {
    expect(helm('lint', '--strict', chart, ...command)).toContain('0 chart(s) failed');
  });

  test.each(versions)('has only what Kubernetes %s takes.', (kubernetes) => {
    const problems = schemaCheck(kubernetes);
    // (A ServiceMonitor belongs to the Prometheus operator.)
    const own = resources.filter(({ kind }) => kind !== 'ServiceMonitor');

    expect(own.flatMap((resource) => problems(resource).map((said) => `${resource.kind} ${said}`))).toEqual(
      [],
    );
  });

  test.each(chain.map(({ number, port }) => ({ number, port })))(
    'has module $number at its port, calling the next one.',
    ({ number, port }) => {
      const [container] = one(resources, 'Deployment', named(number)).spec.template.spec.containers;
      const variables = variablesOf(resources, named(number));
      const next = chain.find((other) => other.number === number + 1);

      expect(variables.PORT).toBe(String(port));
      expect(container.ports).toEqual([{ name: 'http', containerPort: port }]);
      expect(one(resources, 'Service', named(number)).spec.ports).toMatchObject([
        { port, targetPort: 'http' },
      ]);
      expect(variables.AGENTO_NEXT_URL).toBe(next && `http://${named(next.number)}:${next.port}`);
      expect(String(variables.AGENTO_ALLOWED_HOSTS).split(',')).toEqual(
        expect.arrayContaining([named(number), `${named(number)}.plans.svc`]),
      );
    },
  );

  test('has a disruption budget and a policy for every module, and the pods that each selects.', () => {
    const selecting: object[] = [
      ...of(resources, 'Service').map(({ spec }) => spec.selector),
      ...of(resources, 'PodDisruptionBudget').map(({ spec }) => spec.selector.matchLabels),
      ...of(resources, 'NetworkPolicy').map(({ spec }) => spec.podSelector.matchLabels),
      ...workloads.map(({ spec }) => spec.selector.matchLabels),
    ];
    const pods = workloads.map(({ spec }) => spec.template.metadata.labels);
    const selected = selecting.map(
      (labels) =>
        pods.filter((pod) => Object.entries(labels).every(([key, value]) => pod[key] === value)).length,
    );

    expect(selected).toEqual(selecting.map(() => 1));
    for (const kind of ['PodDisruptionBudget', 'NetworkPolicy']) {
      for (const { number } of chain) one(resources, kind, named(number));
    }
  });

  test('lets a module be called by the one before and by clients, and call the one after.', () => {
    const components = (peers: Peer[]) =>
      peers.map(({ podSelector }) => podSelector?.matchLabels?.['app.kubernetes.io/component']);
    for (const { number, port } of chain) {
      const { ingress, egress } = one(resources, 'NetworkPolicy', named(number)).spec;
      const before = chain.find((other) => other.number === number - 1);
      const after = chain.find((other) => other.number === number + 1);
      const callers = ingress.flatMap(({ from }) => from);

      expect(components(callers).filter(Boolean)).toEqual(before ? [`module${before.number}`] : []);
      expect(callers).toContainEqual({ podSelector: { matchLabels: { 'agento/client': 'true' } } });
      expect(ingress.map(({ ports }) => ports)).toEqual(ingress.map(() => [{ port }]));
      const called = egress
        .filter(({ to = [] }) => components(to).some((name) => name?.startsWith('module')))
        .map(({ to = [], ports }) => [...components(to), ports]);
      expect(called).toEqual(after ? [[`module${after.number}`, [{ port: after.port }]]] : []);
    }
  });

  test('runs everything without privileges, on a root that is read-only, with probes and limits.', () => {
    for (const { spec } of workloads) {
      const pod = spec.template.spec;
      const [container] = pod.containers;

      expect(pod).toMatchObject({
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 10001,
          seccompProfile: { type: 'RuntimeDefault' },
        },
      });
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(container.livenessProbe.httpGet).toEqual({ path: '/livez', port: 'http' });
      expect(container.readinessProbe.httpGet.path).toMatch(/^\/(readyz|livez)$/);
      expect(container.resources).toMatchObject({
        requests: { cpu: expect.anything() },
        limits: { memory: expect.anything() },
      });
    }
  });

  test('never takes a module away before another is ready.', () => {
    for (const { number } of chain) {
      expect(one(resources, 'Deployment', named(number)).spec.strategy).toEqual({
        rollingUpdate: { maxUnavailable: 0, maxSurge: 1 },
      });
    }
  });
});

describe('The chart', () => {
  test('has the version of everything else.', () => {
    expect(helm('show', 'chart', chart)).toContain(`\nappVersion: ${version}\n`);
  });

  test('starts the offline model only where no model is named, and asks it then.', () => {
    const offline = {
      OPENAI_BASE_URL: 'http://agento-offline-model:4010/v1',
      AGENTO_MODEL: 'agento-offline-1',
    };

    expect(variablesOf(render(), named(1))).toMatchObject(offline);
    for (const set of ['model.baseUrl=https://models.example/v1', 'secrets.OPENAI_API_KEY.name=model']) {
      const own = render('--set', set);
      expect(own.map(({ metadata }) => metadata.name)).not.toContain('agento-offline-model');
      expect(JSON.stringify(own)).not.toContain('offline');
    }
  });

  test('takes secrets by reference alone.', () => {
    const secret = (name: string, key: string) => ({ secretKeyRef: { name, key } });

    expect(variablesOf(render('--values', fullValues), named(3))).toMatchObject({
      OPENAI_API_KEY: secret('model', 'key'),
      AGENTO_API_KEYS: secret('agento', 'api-keys'),
      AGENTO_HOP_KEY: secret('agento', 'hop-key'),
      AGENTO_DATABASE_URL: secret('agento-database', 'url'),
    });
    expect(of(render('--values', fullValues), 'Secret')).toEqual([]);
    expect(refusal('module.env.AGENTO_HOP_KEY=in-the-open')).toContain(
      "invalid propertyName 'AGENTO_HOP_KEY'",
    );
  });

  test('gives every module the guardrails that it was given, which a service takes, and other pods for others.', () => {
    const file = path.join(import.meta.dirname, '../../packages/guardrails/examples/judges.yaml');
    const given = render('--set-file', `guardrails=${file}`);
    const [map] = of(given, 'ConfigMap');
    const texts = Object.entries(map?.data ?? {});

    expect(texts).toEqual([['guardrails.yaml', readFileSync(file, 'utf8')]]);
    const checksums = chain.map(({ number }) => {
      const { metadata, spec } = one(given, 'Deployment', named(number)).spec.template;
      const { volumeMounts } = spec.containers[0];
      expect(variablesOf(given, named(number)).AGENTO_GUARDRAILS).toBe('/etc/agento/guardrails.yaml');
      expect(volumeMounts).toContainEqual({ name: 'guardrails', mountPath: '/etc/agento', readOnly: true });
      expect(spec.volumes).toContainEqual({
        name: 'guardrails',
        configMap: { name: map?.metadata.name },
      });
      return metadata.annotations?.['checksum/guardrails'];
    });
    expect(new Set(checksums)).toEqual(new Set([readGuardrails(texts[0]?.[1] ?? '').sha256]));

    const [full] = of(render('--values', fullValues), 'ConfigMap');
    expect(readGuardrails(full?.data?.['guardrails.yaml'] ?? '').all.map(({ id }) => id)).toEqual([
      'no-placeholders',
    ]);
    const none = render();
    expect(of(none, 'ConfigMap')).toEqual([]);
    expect(variablesOf(none, named(1))).not.toHaveProperty('AGENTO_GUARDRAILS');
    expect(refusal('module.env.AGENTO_GUARDRAILS=elsewhere')).toContain(
      "invalid propertyName 'AGENTO_GUARDRAILS'",
    );
  });

  test('scales each module by CPU, and by the metric of the queue that it is told of.', () => {
    const scalers = of(render('--values', fullValues), 'HorizontalPodAutoscaler').map(
      ({ metadata, spec }) => [
        metadata.name,
        spec.maxReplicas,
        spec.metrics.map(({ resource, pods }) => resource?.name ?? pods?.metric.name),
      ],
    );

    // Module 3 is told of another, module 5 of none.
    expect(scalers).toEqual(
      chain
        .filter(({ number }) => number !== 5)
        .map(({ number }) =>
          number === 3
            ? [named(3), 16, ['cpu', 'agento_runs_oldest_queued_seconds']]
            : [named(number), 8, ['cpu', 'agento_runs_queued']],
        ),
    );
    // What a scaler sets is not set by the deployment too.
    const counts = [1, 5].map((number) => one(render('--values', fullValues), 'Deployment', named(number)));
    expect(counts.map(({ spec }) => spec.replicas)).toEqual([undefined, 3]);
  });

  test('takes another module as a line.', () => {
    const last = chain.length;
    const names = [...chain.map(({ number }) => `module${number}`), 'publisher'];
    const more = render('--set', `modules={${names.join()}}`);

    expect(variablesOf(more, named(last)).AGENTO_NEXT_URL).toBe(`http://agento-publisher:${3001 + last}`);
    expect(variablesOf(more, 'agento-publisher')).toMatchObject({ PORT: `${3001 + last}` });
  });

  test('refuses what would not work, and says what to set.', () => {
    const keys = 'secrets.AGENTO_API_KEYS.name=agento';

    expect(refusal('module.replicas=2')).toContain('set secrets.AGENTO_DATABASE_URL.name');
    expect(refusal('overrides.module2.autoscaling.enabled=true')).toContain(
      'module2 has more than one replica',
    );
    expect(refusal(keys)).toContain('secrets.AGENTO_API_KEYS needs secrets.AGENTO_HOP_KEY');
    expect(refusal('ingress.enabled=true', 'ingress.host=agento.example')).toContain(
      'ingress.enabled needs secrets.AGENTO_API_KEYS',
    );
    expect(refusal('networkPolicy.enabled=false')).toContain('leave networkPolicy.enabled true');
    expect(refusal('overrides.module9.replicas=1')).toContain('there is no such module');
    expect(refusal('module.replica=1')).toContain("additional properties 'replica' not allowed");
  });
});
