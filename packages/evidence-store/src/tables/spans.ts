import { moduleOf, numberOf, textOf } from '@agento/evidence';
import { cutJson, longestText } from '../cut.ts';
import { tableOfTraces } from '../table.ts';

const cut = `texts over ${longestText} characters end in \`…[cut]\``;
const microseconds = (nanoseconds: bigint) => Number(nanoseconds / 1000n);

export const spans = tableOfTraces(
  'spans',
  'A span, whoever made it, once even if it was delivered twice',
  {
    span_id: ['VARCHAR', 'The span'],
    parent_span_id: ['VARCHAR', 'Its parent; null for a root'],
    run_id: ['VARCHAR', '`agento.run.id`'],
    attempt: ['INTEGER', '`agento.run.attempt`'],
    execution: ['INTEGER', '`agento.run.execution`'],
    module: ['INTEGER', 'The module it belongs to'],
    service: ['VARCHAR', '`service.name`'],
    service_version: ['VARCHAR', '`service.version`'],
    instance: ['VARCHAR', '`service.instance.id`: one a process'],
    scope: ['VARCHAR', 'The instrumentation scope'],
    name: ['VARCHAR', 'Its name'],
    kind: ['VARCHAR', '`INTERNAL`, `SERVER`, `CLIENT`, `PRODUCER`, `CONSUMER` or `UNSPECIFIED`'],
    agent: ['VARCHAR', '`agent.name`'],
    step: ['VARCHAR', '`agento.step.name`'],
    started: ['TIMESTAMP', 'When it began, UTC'],
    duration_ms: ['DOUBLE', 'How long it took, in milliseconds'],
    status: ['VARCHAR', '`UNSET`, `OK` or `ERROR`'],
    status_message: ['VARCHAR', 'The message of its status'],
    error_type: ['VARCHAR', '`error.type`'],
    attributes: ['JSON', `Its attributes; ${cut}`],
  },
  (trace) =>
    trace.spans.map((span) => ({
      span_id: span.span_id,
      parent_span_id: span.parent_span_id || null,
      run_id: textOf(span.attributes, 'agento.run.id') || null,
      attempt: numberOf(span.attributes, 'agento.run.attempt'),
      execution: numberOf(span.attributes, 'agento.run.execution'),
      module: moduleOf(span),
      service: textOf(span.resource, 'service.name') || null,
      service_version: textOf(span.resource, 'service.version') || null,
      instance: textOf(span.resource, 'service.instance.id') || null,
      scope: span.scope.name || null,
      name: span.name,
      kind: span.kind,
      agent: textOf(span.attributes, 'agent.name') || null,
      step: textOf(span.attributes, 'agento.step.name') || null,
      started: microseconds(span.start),
      duration_ms: Number(span.end - span.start) / 1e6,
      status: span.status.code,
      status_message: span.status.message || null,
      error_type: textOf(span.attributes, 'error.type') || null,
      attributes: cutJson(span.attributes),
    })),
);

export const events = tableOfTraces(
  'events',
  'An event of a span',
  {
    span_id: ['VARCHAR', 'Its span'],
    position: ['INTEGER', 'Its place among the events of its span, from 1'],
    name: ['VARCHAR', 'Its name'],
    at: ['TIMESTAMP', 'When it was recorded, UTC'],
    attributes: ['JSON', `Its attributes; ${cut}`],
  },
  (trace) =>
    trace.spans.flatMap((span) =>
      span.events.map((event, index) => ({
        span_id: span.span_id,
        position: index + 1,
        name: event.name,
        at: microseconds(event.time),
        attributes: cutJson(event.attributes),
      })),
    ),
);
