/**
 * What the tests install with npm beside our packages, the kinds of programs a stranger has. Pinned here and not in the
 * workspace's catalog: nobody else needs them.
 */
export const tools = {
  '@arethetypeswrong/cli': '0.18.5',
  esbuild: '0.28.2',
  publint: '0.3.25',
  'typescript-5': 'npm:typescript@5.9.3',
};

/** Versions of Node that are tried besides the workspace's own, oldest first. The first one is too old. */
export const olderNodes = ['20', '22.15.0', '22'];
