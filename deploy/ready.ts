// Says that everything is up and where to look. docker-compose.yml starts it when the services are healthy;
// the collector's image has nothing to check its health with, so it is asked here.

const COLLECTOR_HEALTH = 'http://collector:13133/';
const DEADLINE_MS = 60_000;

const answers = (url: string): Promise<boolean> =>
  fetch(url, { signal: AbortSignal.timeout(2000) }).then(
    (response) => response.ok,
    () => false,
  );

const deadline = Date.now() + DEADLINE_MS;
while (!(await answers(COLLECTOR_HEALTH))) {
  if (Date.now() > deadline) {
    console.error(`The collector does not answer at ${COLLECTOR_HEALTH}: see docker compose logs collector`);
    process.exit(1);
  }
  await new Promise((resolve) => setTimeout(resolve, 500));
}

// An empty port means that the engine chose one.
const address = (port: string | undefined, service: string, inside: number): string =>
  port ? `http://127.0.0.1:${port}` : `(docker compose port ${service} ${inside})`;

const entrance = address(process.env.AGENTO_PORT_MODULE1, 'module1', 3001);
console.log(`
Agento is up.
  give it a goal   curl -s ${entrance}/run -H 'content-type: application/json' -d '{"goal": "Plan a street fair"}'
  the interface    ${entrance}/docs
  its traces       ${address(process.env.AGENTO_PORT_JAEGER, 'jaeger', 16686)}   (Monitor: ${address(process.env.AGENTO_PORT_JAEGER, 'jaeger', 16686)}/monitor)
  its metrics      ${address(process.env.AGENTO_PORT_PROMETHEUS, 'prometheus', 9090)}
  the spans' file  docker compose cp collector:/var/lib/otelcol/traces/traces.jsonl .
`);
