import { ApiError } from './api-error.ts';
import { offlineModelName } from './names.ts';

export interface ChatMessage {
  role: string;
  content: string;
}

/** The fields of a chat completion request the offline model uses; everything else is accepted and ignored. */
export interface ChatRequest {
  messages: ChatMessage[];
  stream: boolean;
  includeUsage: boolean;
  /** `text` if the request does not say. */
  format: 'text' | 'json_object' | 'json_schema';
  schema: unknown;
  webSearch: boolean;
  /** What may be called; none with a `tool_choice` of `none`. */
  tools: OfferedTool[];
}

/** A function the model may call, with the JSON schema of its arguments. */
export interface OfferedTool {
  name: string;
  parameters: unknown;
}

type Fields = Record<string, unknown>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Checks the body; throws an ApiError with status 400, or 404 for an unknown model. */
export function readChatRequest(text: string): ChatRequest {
  const body = parse(text);
  if (!isFields(body)) throw new ApiError(400, 'The body must be a JSON object.');
  if (typeof body.model !== 'string') throw new ApiError(400, 'model must be a string.', { param: 'model' });
  const webSearch = isFields(body.web_search_options);
  // A web search request names a provider's search model; there is only this one here.
  if (body.model !== offlineModelName && !webSearch) {
    throw new ApiError(404, `The model '${body.model.slice(0, 100)}' does not exist.`, {
      param: 'model',
      code: 'model_not_found',
    });
  }
  const format = isFields(body.response_format) ? body.response_format : {};
  const kind = format.type ?? 'text';
  if (kind !== 'text' && kind !== 'json_object' && kind !== 'json_schema') {
    throw new ApiError(400, 'response_format.type must be text, json_object or json_schema.', {
      param: 'response_format',
    });
  }
  return {
    messages: readMessages(body.messages),
    stream: body.stream === true,
    includeUsage: isFields(body.stream_options) && body.stream_options.include_usage === true,
    format: kind,
    schema: isFields(format.json_schema) ? format.json_schema.schema : undefined,
    webSearch,
    tools: body.tool_choice === 'none' ? [] : readTools(body.tools),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(400, 'The body is not valid JSON.');
  }
}

function readMessages(value: unknown): ChatMessage[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new ApiError(400, 'messages must be a list of at least one message.', { param: 'messages' });
  }
  return value.map((entry: unknown, index) => {
    const param = `messages[${index}]`;
    if (!isFields(entry) || typeof entry.role !== 'string') {
      throw new ApiError(400, `${param}.role must be a string.`, { param: `${param}.role` });
    }
    return { role: entry.role, content: readContent(entry.content, `${param}.content`) };
  });
}

/** A string, a list of text parts, or nothing (an assistant message with tool calls). */
function readContent(content: unknown, param: string): string {
  if (typeof content === 'string') return content;
  if (content === null || content === undefined) return '';
  if (Array.isArray(content)) {
    return content
      .map((part: unknown) => (isFields(part) && typeof part.text === 'string' ? part.text : ''))
      .join('\n');
  }
  throw new ApiError(400, `${param} must be a string or a list of parts.`, { param });
}

function readTools(value: unknown): OfferedTool[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((tool: unknown) => {
    const described = isFields(tool) && isFields(tool.function) ? tool.function : {};
    const { name, parameters } = described;
    return typeof name === 'string' ? [{ name, parameters }] : [];
  });
}
