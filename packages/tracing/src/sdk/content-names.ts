/**
 * What instrumentations of models call content in the attributes they set: those of the GenAI conventions, of the AI SDK, of
 * OpenInference, of OpenLLMetry and of Mastra.
 */
const attributes = [
  /^gen_ai\.(input\.messages|output\.messages|system_instructions|tool\.(definitions|call\.(arguments|result)))$/,
  /^gen_ai\.(prompt|completion)(\.\d|$)/,
  /^ai\.(prompt($|\.)|response\.(text|object|toolCalls|reasoning|files)|toolCall\.(args|input|result|output)|values?$|schema$)/,
  /^(input|output)\.value$/,
  /^llm\.(input|output)_messages\./,
  /^llm\.(prompts|invocation_parameters|tools|prompt_template\.variables)/,
  /^mastra\.(\w+\.(input|output)|metadata\.body)$/,
  /^traceloop\.entity\.(input|output)$/,
];

/** Events whose fields are content: those that the GenAI conventions had before the attributes. */
const events = /^gen_ai\.(content\.(prompt|completion)|choice|(system|user|assistant|tool)\.message)$/;

/** Whether an attribute of another instrumentation is content, which is left out while content is off. */
export function isContentAttribute(key: string): boolean {
  return attributes.some((pattern) => pattern.test(key));
}

/** The same of an event. */
export function isContentEvent(name: string): boolean {
  return events.test(name);
}
