/**
 * The parts of a message as the GenAI conventions have them, of whatever a provider or a framework calls its own: the one place
 * that knows both.
 */
import {
  bytesOf,
  decoded,
  type Fields,
  isObject,
  leftOut,
  mostBytes,
  shownAs,
  withBytesLeftOut,
  withoutBytes,
  withoutContent,
} from './bytes.ts';
import { toText } from './payload.ts';

export interface Part {
  type: string;
  [key: string]: unknown;
}

/** The conventions' own types; whatever else goes by one of them is named otherwise. */
const conventional = new Set(
  'text reasoning tool_call tool_call_response server_tool_call server_tool_call_response blob file uri compaction'.split(
    ' ',
  ),
);
const media = /image|audio|video|file|document|media|blob|uri|screenshot|inline_data/;
const thoughts = /^(reasoning|thinking|redacted_thinking|reasoning_text|reasoning_content|summary_text)$/;
/** Calls that the program itself answers; the provider answers those of any other tool. */
const ownCalls =
  /^(tool_use|(invalid_)?tool_call(_chunk)?|function(_call)?|(custom_tool|computer|shell|local_shell|apply_patch)_call)$/;
const results = /^(?!(web_)?search_result$).+(_output|_result|_response)$/;
const answers = ['output', 'response', 'result', 'content'];
const providersResults = /^(?!function).+_(tool|tool_call)_(result|response)$/;

/** The parts of a message's content: a text, or a list of what it holds, in any of the forms that are known. */
export function partsOf(content: unknown): Part[] {
  if (content === undefined || content === null || content === '') return [];
  if (typeof content !== 'object') return [{ type: 'text', content: toText(content) }];
  try {
    if (Array.isArray(content)) return content.flatMap(partsOf);
    const entry = content as Fields;
    const { type } = entry;
    return typeof type === 'string' ? partsOfType(snake(type), entry) : partsWithoutType(entry);
  } catch {
    // It contains itself, or cannot be read: the text says so, and what stands beside it is recorded.
    return [{ type: 'text', content: toText(content) }];
  }
}

/** What Gemini says of a part beside what it is. */
const besides = /^(thought|video_?metadata$|media_?resolution$|part_?metadata$)/i;

/** Gemini and Bedrock have no type: the one field of a part says what it is. */
function partsWithoutType(entry: Fields): Part[] {
  // What Gemini and Mastra call a content has its parts in a list of its own.
  if (Array.isArray(entry.parts)) return partsOf(entry.parts);
  const [name = '', ...more] = Object.keys(entry).filter((key) => !besides.test(key));
  const value = entry[name];
  if (more.length > 0 || name === '') return [{ type: 'text', content: toText(withBytesLeftOut(entry)) }];
  if (typeof value === 'object' && value !== null) return partsOfType(snake(name), value as Fields);
  if (name !== 'text') return [{ type: 'text', content: toText(entry) }];
  return [{ type: entry.thought === true ? 'reasoning' : 'text', content: toText(value) }];
}

function partsOfType(type: string, entry: Fields): Part[] {
  if (isTheirs(type, entry)) return [{ ...(withBytesLeftOut(entry) as Fields), type }];
  if (type === 'message') return partsOf(entry.content);
  // What wraps a part that LangChain has no block for.
  if (type === 'non_standard' && isObject(entry.value)) return partsOf(entry.value);
  if (type === 'refusal') return [{ type: 'text', content: toText(entry.refusal ?? entry.content ?? '') }];
  if (thoughts.test(type)) return reasoningParts(entry);
  const text = entry.text ?? (type === 'text' ? entry.content : undefined);
  if (/(^|_)text(_|$)/.test(type) && typeof text === 'string')
    return [{ type: 'text', content: text, ...cited(entry) }];
  if (type === 'image_generation_call') return generatedImage(entry);
  if (ownCalls.test(type) && entry.providerExecuted !== true) return [toolCall(type, entry)];
  if (providersResults.test(type)) return [serverResponse(type, entry)];
  if (/(_call|_tool_use)$/.test(type)) return serverCall(type, entry);
  if (results.test(type) && answers.some((key) => key in entry)) return [toolResponse(entry)];
  return (media.test(type) && mediaParts(type, entry)) || [otherPart(type, entry)];
}

/** A part that its sender has in the conventions' form. */
function isTheirs(type: string, entry: Fields): boolean {
  if (type === 'blob') return typeof entry.modality === 'string' && typeof entry.content === 'string';
  return /^server_tool_call(_response)?$/.test(type) && isObject(entry[type]);
}

/** Any other kind, as it is. */
function otherPart(type: string, entry: Fields): Part {
  const held = withBytesLeftOut(entry) as Fields;
  return { ...held, type: conventional.has(type) && type !== 'compaction' ? `unknown_${type}` : type };
}

function reasoningParts(entry: Fields): Part[] {
  const { text, thinking, reasoning, reasoningText, summary, content, rawContent } = entry;
  const texts = [text, thinking, reasoning, reasoningText, summary, content, rawContent].map(saidIn);
  // A summary, and what it is the summary of.
  const said = [...new Set(texts.filter(Boolean))].join('\n');
  const hidden = entry.encrypted_content ?? entry.redactedContent ?? entry.data ?? entry.signature;
  if (!said && !hidden) return [];
  return [{ type: 'reasoning', content: said, ...(!said && { encrypted: withBytesLeftOut(hidden) }) }];
}

function saidIn(thoughts: unknown): string {
  return partsOf(thoughts)
    .filter(({ type }) => type === 'text' || type === 'reasoning')
    .map(({ content }) => content)
    .join('\n');
}

/** What a text names as its sources. */
function cited({ annotations, citations }: Fields): Fields {
  return Object.fromEntries(
    Object.entries({ annotations, citations }).filter(([, list]) => Array.isArray(list) && list.length > 0),
  );
}

function idOf(entry: Fields): string | null {
  const { call_id, callId, toolCallId, tool_call_id, tool_use_id, toolUseId, id } = entry;
  const found = call_id ?? callId ?? toolCallId ?? tool_call_id ?? tool_use_id ?? toolUseId ?? id;
  return found === undefined || found === null ? null : toText(found);
}

/** A call that the program itself answers, of a part or of a message's `tool_calls`. */
export function toolCall(type: string, entry: Fields): Part {
  const called = [entry.function, entry.custom].find(isObject) ?? entry;
  const { name = called.toolName ?? type.replace(/_call$/, '') } = called;
  const given = called.arguments ?? called.args ?? called.input ?? entry.action ?? entry.operation;
  return {
    type: 'tool_call',
    id: idOf(entry),
    name: toText(name),
    arguments: toText(withoutBytes(given ?? {})),
  };
}

function toolResponse(entry: Fields): Part {
  const { output, result, response, content } = entry;
  const given = output ?? response ?? result ?? content;
  const isError = entry.is_error === true || entry.isError === true || entry.status === 'error';
  const isErrors = isObject(given) && /^error-/.test(String(given.type));
  return {
    type: 'tool_call_response',
    id: idOf(entry),
    response: responseOf(given),
    ...((isError || isErrors) && { is_error: true }),
  };
}

/** What a tool gave: its text, the parts of a list, or whatever else it is. */
export function responseOf(given: unknown): unknown {
  try {
    if (!isObject(given) || typeof given.type !== 'string' || !('value' in given)) return outputOf(given);
    // The AI SDK says which of them it is.
    return /json$/.test(given.type) ? withBytesLeftOut(given.value) : outputOf(given.value);
  } catch {
    return toText(given);
  }
}

function outputOf(output: unknown): unknown {
  const list = Array.isArray(output) ? output : [output];
  const isOfParts =
    list.length > 0 && list.every((entry) => isObject(entry) && typeof entry.type === 'string');
  if (!isOfParts) return withBytesLeftOut(output ?? '');
  const content = asSent(list);
  return typeof content === 'string' ? content : partsOf(content);
}

/** A call of a tool that the provider runs, and what came of it, where the two are one item. */
function serverCall(type: string, entry: Fields): Part[] {
  const own = entry.name ?? entry.toolName;
  const name = toText(own ?? type.replace(/_call$/, ''));
  const { type: _type, id: _id, outputs, output, results, ...rest } = withBytesLeftOut(entry) as Fields;
  const id = idOf(entry);
  const came = Object.entries({ outputs, output, results }).filter(
    ([, value]) => value !== undefined && value !== null,
  );
  return [
    { type: 'server_tool_call', id, name, server_tool_call: { ...rest, type: name } },
    ...(came.length === 0
      ? []
      : [
          {
            type: 'server_tool_call_response',
            id,
            server_tool_call_response: { ...Object.fromEntries(came), type: name },
          },
        ]),
  ];
}

function serverResponse(type: string, entry: Fields): Part {
  const { type: _type, ...rest } = withBytesLeftOut(entry) as Fields;
  const name = type.replace(/_(tool|tool_call)_(result|response)$/, '');
  return {
    type: 'server_tool_call_response',
    id: idOf(entry),
    server_tool_call_response: { ...rest, type: name },
  };
}

function generatedImage({ result, ...call }: Fields): Part[] {
  const format = typeof call.output_format === 'string' ? call.output_format : 'png';
  const image =
    typeof result === 'string' && result !== '' ? blobOf(result, 'image', `image/${format}`) : null;
  return [...serverCall('image_generation_call', call), ...(image ? [image] : [])];
}

/** Where an image, a sound or a file is, as far as its entry says. */
interface Source {
  url?: string;
  data?: string | Uint8Array;
  id?: string;
  text?: string;
  parts?: unknown[];
  mime?: string;
  filename?: string;
  transcript?: string;
}

/** Fields with an address, bytes, or either, or with an object that has them. */
const places =
  /^(url|uri|(file|image|video|audio)_?ur[il]|data|(file|inline|image)_?data|base64|bytes|b64_json|image|audio|video|file|document|media|source|input_audio|(image_)?file|content|s3location|reference)$/i;

function sourceOf(entry: Fields, depth = 0): Source {
  let found: Source = {};
  const isText = entry.source_type === 'text' || (depth > 0 && /^(text|content)$/.test(String(entry.type)));
  for (const [key, value] of Object.entries(entry)) {
    const name = key.toLowerCase().replaceAll('_', '');
    const bytes = bytesOf(value);
    if (value === null || value === undefined || value === '') continue;
    else if (/^(mime|media)type$/.test(name)) found = { mime: toText(value), ...found };
    else if (/^(output)?format$/.test(name) && typeof value === 'string')
      found = { mime: `*/${value}`, ...found };
    else if (name === 'fileid' || (name === 'id' && (depth > 0 || entry.source_type === 'id')))
      found = { id: toText(value), ...found };
    else if (/^(filename|name|title)$/.test(name) && typeof value === 'string')
      found = { filename: value, ...found };
    else if (name === 'transcript' && typeof value === 'string') found = { transcript: value, ...found };
    else if ((isText || depth > 0) && name === 'text' && typeof value === 'string')
      found = { text: value, ...found };
    else if (!places.test(key)) continue;
    else if (bytes) found = { data: bytes, ...found };
    else if (value instanceof URL) found = { ...locationOf(String(value)), ...found };
    else if (typeof value === 'string')
      found = { ...(isText ? { text: value } : locationOf(value)), ...found };
    else if (Array.isArray(value)) found = { parts: value, ...found };
    else if (isObject(value) && depth < 3) found = { ...sourceOf(value, depth + 1), ...found };
  }
  return found;
}

function locationOf(text: string): Source {
  return /^(?!data:)[a-z][a-z0-9+.-]*:/i.test(text) ? { url: text } : { data: text };
}

/** A `blob`, `uri` or `file`; null if its entry says of none where it is. */
function mediaParts(type: string, entry: Fields): Part[] | null {
  const { url, data, id, text, parts, mime: given = '', filename, transcript } = sourceOf(entry);
  const kind = /image|screenshot/.test(type)
    ? 'image'
    : (/audio|video/.exec(type)?.[0] ?? (typeof entry.modality === 'string' ? entry.modality : 'document'));
  const known = given.startsWith('*/') ? `${kind}${given.slice(1)}` : given;
  const mime = /^[\w.+-]+\/[\w.+-]+$/.test(known) && !/^document\//.test(known) ? known : null;
  const modality = modalityOf(known) ?? kind;
  const about = {
    ...(filename !== undefined && { filename }),
    ...(transcript !== undefined && { transcript }),
  };
  const typed = { modality, ...(mime !== null && { mime_type: mime }) };
  if (typeof data === 'string' && isWords(data)) return [{ type: 'text', content: data, ...about }];
  if (data !== undefined)
    return [{ ...blobOf(data, modality, mime, /audio|video|image/.test(kind)), ...about }];
  if (url !== undefined) return [{ type: 'uri', ...typed, uri: url, ...about }];
  if (text !== undefined) return [{ type: 'text', content: text, ...about }];
  if (id !== undefined) return [{ type: 'file', ...typed, file_id: id, ...about }];
  return parts ? partsOf(parts) : null;
}

/** Some have a document's text, or a path, where others have base64. */
function isWords(data: string): boolean {
  return !data.startsWith('data:') && /[^\w+/=\r\n…-]/.test(data.slice(0, 64));
}

/** The convention's word for a MIME type, or for its first half; undefined if there is none. */
function modalityOf(mime: string): string | undefined {
  const [, kind] = /^(image|audio|video)\b/.exec(mime) ?? [];
  return kind ?? (/^(application|text)\//.test(mime) ? 'document' : undefined);
}

function blobOf(data: string | Uint8Array, kind: string, given: string | null, isCertain = false): Part {
  const { bytes, isCut, mime = given ?? undefined } = decoded(data);
  const modality = (mime !== undefined && !isCertain && modalityOf(mime)) || kind;
  const content =
    bytes.length <= mostBytes && !isCut ? { content: bytes.toString('base64') } : leftOut({ bytes, isCut });
  return { type: 'blob', modality, ...(mime !== undefined && { mime_type: mime }), ...content };
}

/** A message's content as it was sent: a text if it holds nothing else. */
export function asSent(content: unknown): string | unknown[] {
  if (typeof content === 'string') return content;
  const list = Array.isArray(content) ? content : content === undefined || content === null ? [] : [content];
  const texts = list.map(plainText);
  return texts.every((text) => text !== null) ? texts.join('') : list;
}

function plainText(entry: unknown): string | null {
  if (typeof entry === 'string') return entry;
  if (!isObject(entry) || !/^((input_|output_)?text|undefined)$/.test(String(entry.type))) return null;
  // A text that names its sources is more than a text.
  return typeof entry.text === 'string' && Object.keys(cited(entry)).length === 0 ? entry.text : null;
}

/** The text of a content, without what it holds besides. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  const list = Array.isArray(content) ? content : [content];
  const isOfMessages = list.some((entry) => isObject(entry) && entry.type === 'message');
  const texts = list.map((entry) =>
    partsOf(entry)
      .filter(({ type }) => type === 'text')
      .map((part) => toText(part.content))
      .join(''),
  );
  return texts.filter((text) => text !== '').join(isOfMessages ? '\n' : '');
}

/** In short what parts hold that are no text: what stands where a text would. */
export function shownParts(parts: Part[]): string {
  return parts
    .map((part) => {
      const { type, mime_type, modality, size, uri, file_id } = part;
      if (type === 'blob') return shownAs(size === undefined ? withoutContent(part) : part);
      if (type === 'uri' || type === 'file') return `[${mime_type ?? modality}, ${uri ?? file_id}]`;
      return '';
    })
    .filter((text) => text !== '')
    .join(' ');
}

function snake(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toLowerCase();
}
