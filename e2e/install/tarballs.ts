import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { pack, type Tarball } from '../../deploy/npm/pack.ts';

declare module 'vitest' {
  interface ProvidedContext {
    tarballs: Tarball[];
  }
}

/** Packs once for all files of a run; `inject('tarballs')` gives them. */
export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'agento-tarballs-'));
  project.provide('tarballs', pack(folder));
  return () => rmSync(folder, { recursive: true });
}
