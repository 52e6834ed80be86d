import { hash } from 'node:crypto';
import type { Artifact } from '@agento/contracts';

/** Name of the file that a module's output is written to. */
export function outputName(module: number): string {
  return `module${module}_output.json`;
}

/** What a file is: name, SHA-256 (hex), size in bytes, media type. */
export function describeFile(file: { name: string; media_type: string; content: string }): Artifact {
  return {
    name: file.name,
    sha256: hash('sha256', file.content),
    size: Buffer.byteLength(file.content),
    media_type: file.media_type,
  };
}
