import { uuidPattern } from '@agento/contracts';
import Type from 'typebox';

export const NoPath = Type.Object({});
export const NoQuery = Type.Object({}, { additionalProperties: false });
export const RunName = Type.Object({ run_id: Type.String({ pattern: uuidPattern }) });
export const SpanName = Type.Object({
  run_id: Type.String({ pattern: uuidPattern }),
  span_id: Type.String({ pattern: '^[0-9a-f]{16}$' }),
});
const attempt = Type.Optional(
  Type.String({ pattern: '^[1-9]\\d{0,3}$', description: 'the latest if absent' }),
);
const words = Type.Optional(
  Type.String({
    maxLength: 1_000,
    description: 'an id, a span, a call key; or words that narrow steps down',
  }),
);
const depth = Type.Optional(
  Type.String({
    pattern: '^(\\d{1,3}|1000|all)$',
    description:
      'links back from what is asked about that are shown, beside the goal: 0 to 1000, or all (default)',
  }),
);
export const ListQuery = Type.Object(
  {
    limit: Type.Optional(
      Type.String({ pattern: '^([1-9]\\d{0,2}|1000)$', description: '1 to 1000; default 100' }),
    ),
  },
  { additionalProperties: false },
);
export const OverQuery = Type.Object(
  {
    runs: Type.Optional(
      Type.String({ pattern: '^([1-9]\\d?|100)$', description: 'how many, 1 to 100; default 50' }),
    ),
  },
  { additionalProperties: false },
);
export const AttemptQuery = Type.Object({ attempt }, { additionalProperties: false });
export const ShowQuery = Type.Object({ attempt, what: words }, { additionalProperties: false });
export const WhyQuery = Type.Object(
  {
    attempt,
    what: words,
    text: Type.Optional(Type.String({ maxLength: 10_000, description: 'a sentence of the plan' })),
    depth,
  },
  { additionalProperties: false },
);
export const CompareQuery = Type.Object(
  {
    attempt,
    with: Type.String({ pattern: uuidPattern, description: 'the run before' }),
    with_attempt: attempt,
  },
  { additionalProperties: false },
);
