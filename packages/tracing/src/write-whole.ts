export { writeWhole } from '@agento/files';
