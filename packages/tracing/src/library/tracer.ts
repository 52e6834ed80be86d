import { type Span, SpanStatusCode } from '@opentelemetry/api';
import { attribute, libraryAttribute } from '../names.ts';
import { addContentEvent, maxAttributeBytes, setContent } from '../payload.ts';
import { noteRedactions } from '../redacting-processor.ts';
import { settingsOf } from '../settings.ts';
import { beginSpan, failSpan } from '../span.ts';
import { type LibrarySpanStart, type Parent, startOf } from './begin.ts';
import { asJson, type Fields, toAttributes } from './fields.ts';

/** The four kinds of module of a modular agent. */
export type ModuleType = 'planner' | 'executor' | 'verifier' | 'generator';

/** Who runs a tool: the program itself, a service outside, a store of data. */
export type ToolType = 'function' | 'extension' | 'datastore';

/** Creates spans by hand: the creator must end each, preferably in `finally`. */
export interface AgentTracer {
  /** A span `{moduleType}.{operation}`, such as `planner.analyze_query`, with both parts as attributes. */
  createModuleSpan(of: {
    moduleType: ModuleType;
    operation: string;
    attributes?: Fields;
    /** Default: the active span. */
    parent?: Parent | null;
  }): Span;
  /** A span `tool.{toolName}` with the call's arguments; values under a secret's key are removed. */
  createToolSpan(of: {
    toolName: string;
    /** Default: function. */
    toolType?: ToolType;
    parameters?: unknown;
    /** The model's id of the call, if it has one. */
    callId?: string;
    /** Default: the active span. */
    parentSpan?: Parent | null;
  }): Span;
  /** Status OK. */
  setSpanSuccess(span: Span): void;
  /** Status ERROR, `error.type`, and the exception as an event. Does not end the span. */
  recordException(span: Span, error: unknown): void;
  /** An event; a text over 8,192 bytes is truncated there and complete in a payload event. */
  addEvent(span: Span, name: string, fields?: Fields): void;
}

export const agentTracer: AgentTracer = {
  createModuleSpan({ moduleType, operation, attributes = {}, parent }) {
    const { span } = beginSpan(
      startOf({
        name: `${moduleType}.${operation}`,
        parent,
        attributes: { ...toAttributes(attributes), ...moduleAttributes(moduleType, operation) },
      }),
    );
    return span;
  },

  createToolSpan({ toolName, toolType, parameters, callId, parentSpan }) {
    const { span } = beginSpan(startOf({ ...toolCallStart(toolName, callId, toolType), parent: parentSpan }));
    if (parameters !== undefined) recordKeyed(span, attribute.genAiToolArguments, parameters);
    return span;
  },

  setSpanSuccess(span) {
    span.setStatus({ code: SpanStatusCode.OK });
  },

  recordException: failSpan,

  addEvent(span, name, fields = {}) {
    const attributes = toAttributes(fields ?? {});
    const large: Record<string, string> = {};
    for (const [key, value] of Object.entries(attributes)) {
      if (typeof value !== 'string' || Buffer.byteLength(value) <= maxAttributeBytes) continue;
      large[key] = value;
      delete attributes[key];
    }
    if (Object.keys(large).length === 0) span.addEvent(name, attributes);
    else addContentEvent(span, name, large, attributes);
  },
};

/** How the span of a tool's call starts: `tool.{toolName}`. */
export function toolCallStart(
  toolName: string,
  callId?: string,
  toolType: ToolType = 'function',
): LibrarySpanStart {
  return {
    name: `tool.${toolName}`,
    attributes: {
      [attribute.genAiOperation]: 'execute_tool',
      [attribute.genAiToolName]: toolName,
      [attribute.genAiToolType]: toolType,
      ...(callId !== undefined && { [attribute.genAiToolCallId]: callId }),
    },
  };
}

/** `setContent`, where values under a secret's key are removed as well. */
export function recordKeyed(span: Span, key: string, content: unknown): void {
  if (!span.isRecording()) return;
  const settings = settingsOf(span);
  const { value, count, rules } = settings.redactor.value(asJson(content));
  if (count > 0 && settings.content) noteRedactions(span, count, rules);
  setContent(span, key, value);
}

export function moduleAttributes(moduleType: ModuleType, operation: string) {
  return {
    [libraryAttribute.moduleType]: moduleType,
    [libraryAttribute.moduleOperation]: operation,
  };
}
