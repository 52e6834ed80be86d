import { defineAgent } from '@agento/agent';
import { briefWriting } from '@agento/contracts';

const prompt = (name: string) => new URL(`../prompts/${name}.md`, import.meta.url);

export const publisher = defineAgent(briefWriting, prompt('publisher'));
