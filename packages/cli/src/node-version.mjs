// Plain JavaScript and imported first, so that an older Node can read it.
const least = 24;

if (Number(process.versions.node.split('.')[0]) < least) {
  console.error(
    process.platform === 'linux'
      ? `Agento needs Node ${least} or newer; this is Node ${process.versions.node}. Start it with ` +
          '`npx --yes pnpm@12 start`: that brings its own Node 24.'
      : `Agento needs Node ${least} or newer; this is Node ${process.versions.node}. Install Node 24 from ` +
          'https://nodejs.org (or `nvm install 24`, `brew install node@24`), then try again.',
  );
  process.exit(2);
}
