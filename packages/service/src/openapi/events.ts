import { type RunEventName, runEvents } from '@agento/contracts';
import Type, { type TSchema } from 'typebox';

const meanings: Record<RunEventName, string> = {
  'run.started': 'The first event, sent once by the called module',
  'step.started': 'A step of any module begins',
  'step.finished': 'A step ended; `failed` is present, and true, if it failed',
  'module.finished': 'A module finished and passes on its output',
  'run.waiting_for_review':
    'A person is to decide about the revision requests: POST /runs/{run_id}/review; the stream of POST /run ends with it',
  'run.finished': 'The last event: `output` is what the JSON response would be',
  'run.failed': 'The last event: `problem` is what the error response would be',
};

/** The events of a run as schemas: each by its name, any of them, and the stream they come in. */
export function eventSchemas(output: TSchema): {
  each: Record<string, TSchema>;
  any: TSchema;
  stream: TSchema;
} {
  const data = {
    ...runEvents,
    'run.finished': Type.Object({ ...runEvents['run.finished'].properties, output }),
  };
  const each = Object.fromEntries(
    Object.entries(meanings).map(([name, description]) => [
      name,
      Type.Object({ event: Type.Literal(name), data: data[name as RunEventName] }, { description }),
    ]),
  );
  // Exactly one matches: they differ in `event`.
  const any = Type.Unsafe({
    description: 'One server-sent event: `event` is its name, `data` its data, which is one line of JSON',
    type: 'object',
    required: ['event', 'data'],
    oneOf: Object.values(each),
    discriminator: {
      propertyName: 'event',
      mapping: Object.fromEntries(Object.keys(each).map((name) => [name, `#/components/schemas/${name}`])),
    },
  });
  const stream = Type.Unsafe({
    type: 'string',
    description:
      'Server-sent events (WHATWG HTML, section 9.2), each a RunEvent, with comments between them every 15 s. Exactly one of run.finished and run.failed comes last',
    contentMediaType: 'text/event-stream',
    contentSchema: { type: 'array', items: any },
  });
  return { each, any, stream };
}
