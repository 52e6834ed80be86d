#!/usr/bin/env node
// Runs on any Node: an old one goes on with the one that was installed with Agento, or says what to do.
import { runsOnNewerNode } from './newer-node.mjs';
import { requireNewNode } from './node-version.mjs';

if (!(await runsOnNewerNode())) {
  requireNewNode();
  await import('./main.ts');
}
