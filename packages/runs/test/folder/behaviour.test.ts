import { describeStore } from '../behaviour.ts';
import { folderBench } from './bench.ts';

describeStore('a folder', folderBench);
