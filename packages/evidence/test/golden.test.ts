import { describe, expect, test } from 'vitest';
import { type RecordedSpan, type Trace, validate } from '../src/index.ts';
import { differences, goldenTrace, shapeOf, withoutContent } from './golden/index.ts';

function findings(trace: Trace, complete: boolean): string[] {
  return validate(trace, { complete }).map(
    ({ rule, span_name, detail }) => `${rule} (${span_name}): ${detail}`,
  );
}

describe('no finding of a trace that was written by hand from docs/telemetry.md', () => {
  test.each(['published', 'held', 'resumed', 'reviewed'] as const)('%s, which is complete', (name) => {
    expect(findings(goldenTrace(name), true)).toEqual([]);
  });

  test.each(['published', 'held', 'resumed', 'reviewed'] as const)('%s without its content', (name) => {
    expect(findings(withoutContent(goldenTrace(name)), true)).toEqual([]);
  });

  test.each(['failed', 'web-search', 'seldom', 'replayed', 'guarded'] as const)(
    '%s, up to its last step',
    (name) => {
      expect(findings(goldenTrace(name), false)).toEqual([]);
      expect(findings(goldenTrace(name), true)).not.toEqual([]);
    },
  );

  test.each(['replayed', 'guarded'] as const)('%s without its content', (name) => {
    expect(findings(withoutContent(goldenTrace(name)), false)).toEqual([]);
  });
});

/** What versions before these conventions were followed did not write. */
const newer =
  /^(gen_ai\.(conversation\.id|prompt\.|tool\.(type|definitions)|usage\.cache_write)|agento\.genai\.)/;

function asBefore(trace: Trace): Trace {
  const older = structuredClone(trace);
  for (const { name, attributes, events } of older.spans) {
    for (const key of Object.keys(attributes)) {
      if (newer.test(key)) delete attributes[key];
    }
    if (name.startsWith('run_module_')) {
      delete attributes['gen_ai.operation.name'];
      delete attributes['gen_ai.agent.name'];
    }
    for (const event of events.filter(({ name }) => name === 'gen_ai.evaluation.result')) {
      delete event.attributes['gen_ai.response.id'];
    }
  }
  return older;
}

test.each(['published', 'resumed', 'web-search', 'seldom'] as const)(
  'No finding of %s as an older version wrote it, without what the GenAI conventions v0.1.0 added.',
  (name) => {
    expect(findings(asBefore(goldenTrace(name)), false)).toEqual([]);
  },
);

describe('in what traces differ from the golden ones', () => {
  const golden = goldenTrace('published');
  const told = (change: (span: RecordedSpan) => void, name: string, optional = /^$/) => {
    const trace = structuredClone(golden);
    for (const span of trace.spans.filter((other) => other.name === name)) change(span);
    return differences(shapeOf([golden]), shapeOf([trace]), optional);
  };

  test('nothing, where only ids, times, texts and figures do', () => {
    expect(
      told((span) => {
        span.start += 1n;
        span.attributes['agento.quality.share_met'] = 0.9;
        span.attributes['agento.decision.reason'] = 'Another one';
      }, 'quality_check'),
    ).toEqual([]);
  });

  test('an attribute of another name', () => {
    const rename = (span: RecordedSpan) => {
      span.attributes['agento.quality.share'] = 1;
      delete span.attributes['agento.quality.share_met'];
    };
    const lines = [
      'module 5, quality_check: agento.quality.share is not in the golden traces',
      'module 5, quality_check: agento.quality.share_met is only in the golden traces',
    ];
    expect(told(rename, 'quality_check')).toEqual(lines);
    expect(told(rename, 'quality_check', /: agento\.quality\.share$/)).toEqual(lines.slice(1));
  });

  test('a link that only some have', () => {
    expect(
      told((span) => {
        if (span.attributes['agento.item.id'] === 'p1-i3') span.links.shift();
      }, 'item_generation'),
    ).toEqual([
      'module 3, item_generation: link plan is on each in the golden traces, and missing on some in the real runs',
    ]);
  });

  test("an event's field, a constant, a kind, and where a span hangs", () => {
    expect(
      told((span) => {
        span.kind = 'SERVER';
        span.parent_span_id = '';
        span.attributes['agento.step'] = 'agent';
        for (const { name, attributes } of span.events) {
          if (name === 'comparison') attributes.proposed = 'Say who.';
        }
      }, 'revision_validation').filter((line) => line.endsWith('not in the golden traces')),
    ).toEqual([
      'module 4, revision_validation: agento.step = agent is not in the golden traces',
      'module 4, revision_validation, event comparison: proposed is not in the golden traces',
      'module 4, revision_validation, in the tree: kind SERVER is not in the golden traces',
      'module 4, revision_validation, in the tree: below nothing is not in the golden traces',
    ]);
  });
});
