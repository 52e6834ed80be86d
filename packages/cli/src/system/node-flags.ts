/**
 * What `node` is told about a service. Young objects may take 16 MiB a half instead of 32: a run costs about as much, and
 * prompts of a megabyte one after another leave a module at 350 MiB instead of 430 (bench/edges.ts).
 * The Dockerfile says the same.
 */
export const nodeFlags = ['--max-semi-space-size=16'];
