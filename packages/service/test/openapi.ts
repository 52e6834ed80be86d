import { Ajv2020 } from 'ajv/dist/2020.js';

export interface Media {
  schema: object;
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}
/** An OpenAPI document, as far as tests look into it. */
export interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown> };
  security: object[];
}
export interface Operation {
  operationId: string;
  security?: object[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { headers?: object; content?: Record<string, Media> }>;
}

/** What keeps a value from a schema that stands in the document; empty where nothing does. */
export function faults(document: Document, schema: object, value: unknown): unknown[] {
  const ajv = new Ajv2020({ strict: false, formats: {} });
  const { components } = document;
  // The references of the document are to its own root.
  const validate = ajv.compile({ ...schema, components });
  return validate(value) ? [] : (validate.errors ?? []);
}
