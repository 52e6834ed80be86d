import type { Attributes } from '@opentelemetry/api';
import { attribute } from './names.ts';

/**
 * What the GenAI conventions have on each span of theirs and its maker need not say: the conversation, and the
 * convention's name where the span has another. Nothing for any other span.
 */
export function genAiAttributes(name: string, attributes: Attributes): Attributes {
  const operation = attributes[attribute.genAiOperation];
  if (operation === undefined) return {};
  const session = attributes[attribute.sessionId];
  const theirs = conventionName(String(operation), attributes);
  return {
    ...(session !== undefined && { [attribute.genAiConversationId]: session }),
    ...(theirs !== name && { [attribute.genAiSpanName]: theirs }),
  };
}

/** `chat {model}`, `execute_tool {tool}`, `invoke_agent {agent}`, `invoke_workflow {workflow}`. */
function conventionName(operation: string, attributes: Attributes): string {
  const of =
    attributes[attribute.genAiToolName] ??
    (operation.startsWith('invoke_')
      ? attributes[attribute.genAiAgentName]
      : attributes[attribute.genAiRequestModel]);
  return of === undefined ? operation : `${operation} ${of}`;
}
