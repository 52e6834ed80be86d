import { describeStore } from '../behaviour/describe-store.ts';
import { folderBench } from './bench.ts';

describeStore('a folder', folderBench);
