#!/usr/bin/env node
// For any Node: one that cannot read TypeScript is told what to do instead of failing on the first .ts file.
import './node-version.mjs';

await import('./main.ts');
