import type { ModelStepDefinition } from '@agento/contracts';
import { loadPrompt, type Prompt } from './prompt.ts';

/** An agent for a step: the name and the text of one prompt. */
export interface Agent<D extends ModelStepDefinition = ModelStepDefinition> {
  name: string;
  step: D;
  prompt: Prompt;
  /** Offers the provider's web search as a tool if the settings allow it. */
  searches: boolean;
}

/**
 * Reads the prompt of an agent for this step; its front matter names the agent.
 *
 * @throws Error if the step's definition does not list that agent
 */
export function defineAgent<D extends ModelStepDefinition>(
  step: D,
  file: URL,
  { searches = false }: { searches?: boolean } = {},
): Agent<D> {
  const prompt = loadPrompt(file);
  if (!step.agents.includes(prompt.agent)) {
    throw new Error(
      `${file.pathname}: ${step.name} is taken by ${step.agents.join(', ')}, not ${prompt.agent}`,
    );
  }
  return { name: prompt.agent, step, prompt, searches };
}
