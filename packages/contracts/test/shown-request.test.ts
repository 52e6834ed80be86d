import { expect, test } from 'vitest';
import { shownRequestHash } from '../src/index.ts';

const hashOf = (given: string) =>
  shownRequestHash({
    model: 'small-1',
    messages: [
      { role: 'user', content: '{ "query": 1 }' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'web_search', arguments: given } }],
      },
    ],
    temperature: null,
    seed: null,
  });

test('White space in a tool call makes no other request of it: spans show its arguments as an object.', () => {
  expect(hashOf('{ "query": "a b" }')).toBe(hashOf('{"query":"a b"}'));
});

test('Other arguments do, and such as are no JSON are compared as they are.', () => {
  const hashes = ['{"query":"a b"}', '{"query":"ab"}', 'a b', 'a  b'].map(hashOf);

  expect(new Set(hashes).size).toBe(4);
});
