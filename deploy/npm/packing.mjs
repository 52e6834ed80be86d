import { builtIn } from './published.ts';

/** Spans reach an application's SDK only through one and the same copy of this package: the application brings it. */
const shared = '@opentelemetry/api';

/**
 * pnpm calls it with the manifest that goes into a tarball. The workspace's exact versions become ranges, or an
 * application with the SDK of another patch release would have two.
 */
export const hooks = {
  beforePacking({ devDependencies, dependencies = {}, ...manifest }) {
    const kept = Object.entries(dependencies).filter(([name]) => !builtIn.includes(name));
    const ranges = kept.map(([name, version]) => [
      name,
      name.startsWith('@agento/') ? version : `^${version}`,
    ]);
    const { [shared]: api, ...others } = Object.fromEntries(ranges);
    return { ...manifest, dependencies: others, ...(api && { peerDependencies: { [shared]: api } }) };
  },
};
