export { isBuilt } from './built.ts';
export { registerPage } from './register-page.ts';
export { type PageServer, servePage } from './serve-page.ts';
