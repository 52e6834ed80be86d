import { expect, test } from 'vitest';
import { genAiAttributes } from '../src/genai-span.ts';

test.each([
  ['chat small-1', { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'small-1' }],
  ['execute_tool search', { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'search' }],
  ['step', { 'agent.name': 'Planner', 'session.id': 's-1' }],
])('%s needs nothing beside what its maker says.', (name, attributes) => {
  expect(genAiAttributes(name, attributes)).toEqual({});
});

test.each([
  ['llm_call', { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'small-1' }, 'chat small-1'],
  [
    'tool.search',
    { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'search' },
    'execute_tool search',
  ],
  [
    'plan_generation',
    {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'Planner',
      'gen_ai.request.model': 'small-1',
    },
    'invoke_agent Planner',
  ],
  ['run', { 'gen_ai.operation.name': 'invoke_workflow' }, 'invoke_workflow'],
])('%s has the convention’s name as an attribute.', (name, attributes, theirs) => {
  expect(genAiAttributes(name, attributes)).toEqual({ 'agento.genai.span_name': theirs });
});

test('The session is the conversation.', () => {
  const attributes = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.request.model': 'small-1',
    'session.id': 's-1',
  };

  expect(genAiAttributes('chat small-1', attributes)).toEqual({ 'gen_ai.conversation.id': 's-1' });
});
