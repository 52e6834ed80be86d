import Type from 'typebox';

/**
 * The messages of `gen_ai.input.messages` and `gen_ai.output.messages`, following the JSON schemas published with the
 * OpenTelemetry GenAI semantic conventions. Parts of a known type must match that type; any other part is the
 * conventions' generic part.
 */
const Open = { additionalProperties: true };
const maybe = Type.Optional(Type.Union([Type.String(), Type.Null()]));

const Known = [
  Type.Object({ type: Type.Literal('text'), content: Type.String() }, Open),
  Type.Object({ type: Type.Literal('reasoning'), content: Type.String() }, Open),
  Type.Object(
    {
      type: Type.Literal('tool_call'),
      id: maybe,
      name: Type.String(),
      arguments: Type.Optional(Type.Unknown()),
    },
    Open,
  ),
  Type.Object({ type: Type.Literal('tool_call_response'), id: maybe, response: Type.Unknown() }, Open),
  Type.Object(
    {
      type: Type.Literal('server_tool_call'),
      id: maybe,
      name: Type.String(),
      server_tool_call: Type.Object({ type: Type.String() }, Open),
    },
    Open,
  ),
  Type.Object(
    {
      type: Type.Literal('server_tool_call_response'),
      id: maybe,
      server_tool_call_response: Type.Object({ type: Type.String() }, Open),
    },
    Open,
  ),
  Type.Object(
    { type: Type.Literal('blob'), mime_type: maybe, modality: Type.String(), content: Type.String() },
    Open,
  ),
  Type.Object(
    { type: Type.Literal('file'), mime_type: maybe, modality: Type.String(), file_id: Type.String() },
    Open,
  ),
  Type.Object(
    { type: Type.Literal('uri'), mime_type: maybe, modality: Type.String(), uri: Type.String() },
    Open,
  ),
  Type.Object({ type: Type.Literal('compaction'), id: maybe, content: maybe }, Open),
];
const knownTypes = Known.map((part) => part.properties.type.const);
const Generic = Type.Object({ type: Type.String({ pattern: `^(?!(${knownTypes.join('|')})$)` }) }, Open);
const Part = Type.Union([...Known, Generic]);

const message = { role: Type.String(), parts: Type.Array(Part), name: maybe };

export const InputMessages = Type.Array(Type.Object(message, Open));
export const OutputMessages = Type.Array(Type.Object({ ...message, finish_reason: maybe }, Open));
