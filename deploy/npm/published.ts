/** Packages that others install, dependencies first. */
export const published = ['redaction', 'delivery', 'tracing'];

/** Packages that no one needs alone: what the published ones use of them is built into these. */
export const builtIn = ['@agento/contracts', '@agento/files', '@agento/protobuf'];
