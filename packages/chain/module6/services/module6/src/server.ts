import { serve } from '@agento/service';
import { module } from './module.ts';

await serve(module);
