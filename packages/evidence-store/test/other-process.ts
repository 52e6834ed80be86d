import { openTables } from '../src/index.ts';

const [dataDir = ''] = process.argv.slice(2);
const tables = await openTables({ dataDir, onProgress: () => process.stdout.write('read\n') });
tables.close();
