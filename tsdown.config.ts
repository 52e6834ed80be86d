import { readFileSync } from 'node:fs';
import { defineConfig, type UserConfig } from 'tsdown';
import { builtIn, published } from './deploy/npm/published.ts';

interface Manifest {
  publishConfig: { exports: Record<string, string | { default: string }> };
  exports: Record<string, string>;
}

/** The sources of what a package exports to others, by the names their builds get. */
function entriesOf(folder: string): Record<string, string> {
  const file = new URL(`${folder}/package.json`, import.meta.url);
  const { publishConfig, exports } = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  const shown = Object.keys(publishConfig.exports).filter((name) => name !== './package.json');
  return Object.fromEntries(
    shown.map((name) => [name === '.' ? 'index' : name.slice(2), exports[name] ?? '']),
  );
}

/** Only for tarballs: in the workspace everything runs from its source. */
export default defineConfig(
  published.map(
    (name): UserConfig => ({
      cwd: `packages/${name}`,
      entry: entriesOf(`./packages/${name}`),
      tsconfig: '../../tsconfig.build.json',
      platform: 'node',
      target: 'node22',
      fixedExtension: false,
      dts: true,
      sourcemap: true,
      treeshake: { moduleSideEffects: false },
      deps: {
        alwaysBundle: builtIn,
        // Types alone: who has no SDK can redact texts, and who has an older one gets the shapes this was written for.
        onlyBundle: [...builtIn, ...(name === 'redaction' ? [/^@opentelemetry\//] : [])],
      },
    }),
  ),
);
