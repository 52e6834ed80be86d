/** A model, as the OpenAI API lists it. */
export interface ListedModel {
  id: string;
  /** Who owns it; servers on one's own machine put their own name or the model's maker there. */
  owner: string | null;
}

/**
 * The models of `GET /v1/models`; null where the text is no such list. Lists of other kinds, which other web services
 * have, are none: each entry has to say that it is a model.
 */
export function listedModels(body: string): ListedModel[] | null {
  let list: { object?: unknown; data?: unknown } | null;
  try {
    list = JSON.parse(body);
  } catch {
    return null;
  }
  if (list?.object !== 'list') return null;
  // Ollama's list without models.
  if (list.data === null) return [];
  if (!Array.isArray(list.data)) return null;
  const models = list.data.map(listedModel);
  return models.every((model) => model !== null) ? models : null;
}

function listedModel(entry: unknown): ListedModel | null {
  const { id, object, owned_by: owner } = (entry ?? {}) as Record<string, unknown>;
  if (typeof id !== 'string' || object !== 'model') return null;
  return { id, owner: typeof owner === 'string' ? owner : null };
}
