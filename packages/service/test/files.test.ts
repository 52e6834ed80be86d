import { expect, test } from 'vitest';
import { describeFile } from '../src/runs/files.ts';

test('A file is described by name, hash, bytes and media type.', () => {
  expect(describeFile({ name: 'a.md', media_type: 'text/markdown', content: 'é' })).toEqual({
    name: 'a.md',
    sha256: '4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c',
    size: 2,
    media_type: 'text/markdown',
  });
});
