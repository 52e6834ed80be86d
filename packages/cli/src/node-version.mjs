// Plain JavaScript, so that an older Node can read it.
const least = 24;

export const isTooOld = Number(process.versions.node.split('.')[0]) < least;

/** Ends the process with what to do, if this Node is too old. */
export function requireNewNode() {
  if (!isTooOld) return;
  console.error(
    `Agento needs Node ${least} or newer; this is Node ${process.versions.node}. ` +
      (process.platform === 'linux'
        ? 'On x64 and arm64 with glibc its install brings one, unless told to leave out optional packages: install it again ' +
          'with them (in a checkout, `npx --yes pnpm@12 start` does so). Elsewhere install Node 24 from https://nodejs.org.'
        : 'Install Node 24 from https://nodejs.org (or `nvm install 24`, `brew install node@24`), then try again.'),
  );
  process.exit(2);
}
