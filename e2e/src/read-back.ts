import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agento, type Result } from '@agento/cli/testing';
import { onlyTrace } from './divided.ts';
import type { System } from './system.ts';

/** What the command line says of runs, by the collector's file and by Jaeger. */
export interface ReadBack {
  file(...words: string[]): Promise<Result>;
  jaeger(...words: string[]): Promise<Result>;
  /** What `eval add` makes of a run, by each. */
  cases(run: string): Promise<string[]>;
  end(): Promise<void>;
}

/** Lays these traces of the collector's file into a data folder; Jaeger is asked with an empty one. */
export async function startReadingBack(system: System, traces: string[]): Promise<ReadBack> {
  const folder = await mkdtemp(join(tmpdir(), 'agento-e2e-'));
  const [here, nothing] = [join(folder, 'here'), join(folder, 'nothing')];
  await mkdir(join(here, 'traces'), { recursive: true });
  const text = await system.collectorsFile();
  for (const id of traces) await writeFile(join(here, 'traces', `${id}.jsonl`), onlyTrace(text, id));
  const file = (...words: string[]) => agento(words, { env: { AGENTO_DATA_DIR: here } });
  const jaeger = (...words: string[]) =>
    agento([...words, '--jaeger', system.jaeger], { env: { AGENTO_DATA_DIR: nothing } });
  return {
    file,
    jaeger,
    async cases(run) {
      const suite = join(folder, 'suite.yaml');
      const made: string[] = [];
      for (const ask of [file, jaeger]) {
        await rm(suite, { force: true });
        await ask('eval', 'add', run, '--suite', suite);
        made.push(await readFile(suite, 'utf8'));
      }
      return made;
    },
    end: () => rm(folder, { recursive: true }),
  };
}
