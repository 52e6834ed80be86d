/**
 * The document with each named schema in it, at any depth, put among its components and replaced by a reference there.
 * `names` knows schemas by identity, as the contracts share them.
 */
export function refer(names: ReadonlyMap<unknown, string>, document: object): object {
  const schemas: Record<string, unknown> = {};
  const within = (value: object) =>
    Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]));
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (value === null || typeof value !== 'object') return value;
    const name = names.get(value);
    if (name === undefined) return within(value);
    // Its place is taken before its parts are looked at, so that what contains others stands above them.
    if (!(name in schemas)) {
      schemas[name] = null;
      schemas[name] = within(value);
    }
    return { $ref: `#/components/schemas/${name}` };
  };
  const { components, ...rest } = walk(document) as { components?: object };
  return { ...rest, components: { ...components, schemas } };
}
