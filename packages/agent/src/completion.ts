import Type, { type Static } from 'typebox';

/** Names and ids that an endpoint gives go into span names, outputs and logs: words, and no sentences. */
const Name = Type.String({ pattern: '^[\\w.:/@+#-]{1,200}$' });
const ProviderName = Type.String({ pattern: '^[\\w.-]{1,40}( [\\w.-]{1,40}){0,2}$' });
/** A count that cannot be is none: it would spoil every sum it enters. */
const Count = Type.Integer({ minimum: 0, maximum: 1_000_000_000 });

/** Most tool calls of one answer that are read. */
export const maxToolCalls = 8;
/** Most images and the like. */
export const maxOthers = 16;

const ToolCall = Type.Object({
  id: Type.Optional(Name),
  function: Type.Object({
    name: Name,
    arguments: Type.Optional(Type.Union([Type.String(), Type.Record(Type.String(), Type.Unknown())])),
  }),
});

const Texts = Type.Array(Type.Union([Type.String(), Type.Object({ text: Type.String() })]));

/** A part of a content that is a list: text, or what the model thought. */
export const Part = Type.Union([
  Type.String(),
  Type.Object({ type: Type.String(), thinking: Type.Union([Type.String(), Texts]) }),
  Type.Object({ type: Type.String(), reasoning: Type.Union([Type.String(), Texts]) }),
  Type.Object({ type: Type.String(), refusal: Type.String({ minLength: 1 }) }),
  Type.Object({ type: Type.Optional(Type.String()), text: Type.String() }),
]);
export type Part = Static<typeof Part>;
export type Texts = Static<typeof Texts>;

const Fields = Type.Record(Type.String(), Type.Unknown());

const Message = Type.Object({
  content: Type.Optional(
    Type.Union([Type.String(), Type.Array(Type.Union([Type.String(), Fields])), Fields]),
  ),
  reasoning: Type.Optional(Type.String({ minLength: 1 })),
  reasoning_content: Type.Optional(Type.String({ minLength: 1 })),
  refusal: Type.Optional(Type.String({ minLength: 1 })),
  /** What a model shows and says, beside what it writes: evidence, and no more. */
  images: Type.Optional(Type.Array(Fields, { maxItems: maxOthers })),
  audio: Type.Optional(Fields),
  tool_calls: Type.Optional(Type.Array(ToolCall, { maxItems: maxToolCalls })),
  annotations: Type.Optional(
    Type.Array(
      Type.Object({
        url_citation: Type.Object({
          title: Type.Optional(Type.String({ maxLength: 500 })),
          url: Type.String({ maxLength: 2_000 }),
        }),
      }),
      { maxItems: 100 },
    ),
  ),
});

/** What is read of a chat completion; every field may be missing, and one of another type is. */
export const Completion = Type.Object({
  id: Type.Optional(Name),
  model: Type.Optional(Name),
  provider: Type.Optional(ProviderName),
  choices: Type.Array(Type.Object({ finish_reason: Type.Optional(Name), message: Message })),
  usage: Type.Optional(
    Type.Object({
      prompt_tokens: Type.Optional(Count),
      completion_tokens: Type.Optional(Count),
      prompt_tokens_details: Type.Optional(
        Type.Object({ cached_tokens: Type.Optional(Count), cache_write_tokens: Type.Optional(Count) }),
      ),
      completion_tokens_details: Type.Optional(Type.Object({ reasoning_tokens: Type.Optional(Count) })),
    }),
  ),
});
export type Completion = Static<typeof Completion>;
export type ReceivedChoice = Completion['choices'][number];

export const FailedChoices = Type.Object({ choices: Type.Array(Type.Object({ error: Type.Unknown() })) });
