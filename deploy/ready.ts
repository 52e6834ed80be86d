// Prints once that everything is up, and where: docker-compose.yml starts it when the services are healthy. Then it
// is the collector's health check, since the collector's image cannot run one: this container is healthy while the
// collector answers.
import { rm, writeFile } from 'node:fs/promises';

const COLLECTOR_HEALTH = 'http://collector:13133/';
const ANSWERS = '/tmp/collector-answers';
const EVERY_MS = 2000;

// An empty port means that Docker picked one.
const address = (port: string | undefined, service: string, inside: number): string =>
  port ? `http://127.0.0.1:${port}` : `(docker compose port ${service} ${inside})`;

function welcome(): string {
  const entrance = address(process.env.AGENTO_PORT_MODULE1, 'module1', 3001);
  const jaeger = address(process.env.AGENTO_PORT_JAEGER, 'jaeger', 16686);
  return `
Agento is up.
  send a goal      curl -s ${entrance}/run -H 'content-type: application/json' -d '{"goal": "Plan a street fair"}'
  API docs         ${entrance}/docs
  traces           ${jaeger} (by service and step: ${jaeger}/monitor)
  metrics          ${address(process.env.AGENTO_PORT_PROMETHEUS, 'prometheus', 9090)}
  spans as a file  docker compose cp collector:/var/lib/otelcol/traces/traces.jsonl .
`;
}

/** The last state reported; null before the first answer. */
let answered: boolean | null = null;
for (;;) {
  const answers = await fetch(COLLECTOR_HEALTH, { signal: AbortSignal.timeout(EVERY_MS) }).then(
    (response) => response.ok,
    () => false,
  );
  if (answers && !answered) {
    await writeFile(ANSWERS, '');
    console.log(answered === null ? welcome() : 'The collector answers again.');
    answered = true;
  }
  if (!answers && answered) {
    await rm(ANSWERS, { force: true });
    console.error('The collector does not answer: the services keep their spans until it does.');
    answered = false;
  }
  await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
}
