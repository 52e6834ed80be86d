export { makeFolder, makeFolderSync } from './folder.ts';
export { endOwner, isAbandoned, newOwner } from './owner.ts';
export { whyNot } from './why-not.ts';
export { createWhole, writeWhole } from './write-whole.ts';
