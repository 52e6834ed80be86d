/** What the tests install with npm beside our packages; not in the workspace, where nobody else needs them. */
export const tools = {
  '@arethetypeswrong/cli': '0.18.5',
  publint: '0.3.25',
  esbuild: '0.28.2',
};
