export { makeFolder, makeFolderSync } from './folder.ts';
export { whyNot } from './why-not.ts';
