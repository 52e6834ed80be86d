#!/usr/bin/env node
// Runs on any Node: an old one gets a helpful error instead of failing on the first .ts file.
import './node-version.mjs';

await import('./main.ts');
