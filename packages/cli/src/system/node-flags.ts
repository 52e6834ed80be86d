/**
 * What `node` is told about a module's service, since V8 takes it at its start only. Young objects may take 16 MiB a half
 * instead of 32: a run costs about as much, and prompts of a megabyte one after another leave a module at 340 MiB
 * instead of 430 (bench/edges.ts). They have them from the start: else V8 gives pages back between two runs and takes
 * them again in the next, a tenth of a run's CPU. The receiver keeps its heap leaner yet, by itself.
 * The Dockerfile and deploy/systemd/agento-module@.service say the same; plan.test.ts compares them.
 */
export const nodeFlags = ['--max-semi-space-size=16', '--min-semi-space-size=16'];
