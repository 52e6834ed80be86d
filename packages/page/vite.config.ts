import { defineConfig } from 'vite';

export default defineConfig({
  root: new URL('browser', import.meta.url).pathname,
  // Relative, so that the page also works below a path.
  base: './',
  build: { outDir: '../built', emptyOutDir: true, target: 'es2023', assetsInlineLimit: 0, sourcemap: true },
});
