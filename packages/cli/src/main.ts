// First: nothing below is evaluated on a Node that is too old.
import './node-version.mjs';
import { enableCompileCache } from 'node:module';
import { compileCache } from './compile-cache.ts';

if (!process.env.NODE_COMPILE_CACHE) enableCompileCache(compileCache);
await import('./process.ts');
