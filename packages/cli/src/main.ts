import { enableCompileCache } from 'node:module';
import { compileCache } from './compile-cache.ts';

if (!process.env.NODE_COMPILE_CACHE) enableCompileCache(compileCache);
await import('./process.ts');
