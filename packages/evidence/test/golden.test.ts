import { describe, expect, test } from 'vitest';
import { type Trace, validate } from '../src/index.ts';
import { withoutContent } from './golden/content-off.ts';
import { goldenTrace } from './golden/load.ts';

function findings(trace: Trace, complete: boolean): string[] {
  return validate(trace, { complete }).map(
    ({ rule, span_name, detail }) => `${rule} (${span_name}): ${detail}`,
  );
}

describe('no finding of a trace that was written by hand from docs/telemetry.md', () => {
  test.each(['published', 'held'] as const)('%s, which is complete', (name) => {
    expect(findings(goldenTrace(name), true)).toEqual([]);
  });

  test.each(['published', 'held'] as const)('%s without its content', (name) => {
    expect(findings(withoutContent(goldenTrace(name)), true)).toEqual([]);
  });

  test.each(['failed', 'web-search'] as const)('%s, up to its last step', (name) => {
    expect(findings(goldenTrace(name), false)).toEqual([]);
    expect(findings(goldenTrace(name), true)).not.toEqual([]);
  });
});
