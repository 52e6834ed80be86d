import { describe, expect, test } from 'vitest';
import {
  beginAudit,
  linksByEnd,
  parseOtlpJson,
  type RecordedSpan,
  type RunReading,
  readRuns,
  type Trace,
} from '../src/index.ts';
import { copied } from './copied.ts';
import { goldenNames, goldenTrace, withoutContent } from './golden/index.ts';
import { goodTrace } from './good-trace.ts';
import { asOldStorageGivesIt } from './old-storage.ts';
import { recordedText, recordedTrace } from './recorded/index.ts';

const trace = recordedTrace();
const run = only(readRuns(trace));

function only(runs: RunReading[]): RunReading {
  const [first, ...more] = runs;
  if (!first || more.length > 0) throw new Error(`there are ${runs.length} runs`);
  return first;
}

function findingsOf(reading: RunReading, rule: string) {
  const audit = beginAudit();
  audit.add(reading);
  return audit.findings().filter((found) => found.rule === rule);
}

function stepNamed(reading: RunReading, name: string) {
  const step = reading.steps.find((step) => step.name === name);
  if (!step) throw new Error(`no ${name}`);
  return step;
}

describe('of a real run', () => {
  test('goal, outcome, score, calls and completeness are told', () => {
    expect(run).toMatchObject({
      run_id: '7be0e179-6467-4b85-abad-dc729025edb9',
      session_id: 'town',
      goal: { value: 'Open a repair café in a small town', state: 'whole' },
      outcome: 'held',
      error: null,
      score: 0.8,
      gaps: [],
      span_count: 180,
      has_content: true,
    });
    expect(run.context).toMatch(/^We are five volunteers/);
    expect(run.usage.all).toMatchObject({ calls: 68, input_tokens: 144_619, cost_usd: null });
    expect(run.calls).toHaveLength(68);
    expect(run.prompts).toHaveLength(17);
    expect(run.modules.map(({ number, span_count, spans_here }) => [number, span_count, spans_here])).toEqual(
      [
        [1, 11, 11],
        [2, 12, 12],
        [3, 76, 76],
        [4, 27, 27],
        [5, 35, 35],
      ],
    );
  });

  test('a step has what it was asked, what it answered and why', () => {
    const step = run.steps.find(
      ({ name, about }) =>
        name === 'expansion_evaluation' && about.item_id === 'p3-i2' && about.criterion_id === 'c1',
    );

    expect(step).toMatchObject({
      agent: 'ItemEvaluator',
      module: 3,
      ending: 'done',
      about: { item_id: 'p3-i2', criterion_id: 'c1', plan_id: 'p3', attempt: null },
      input: { goal: 'Open a repair café in a small town', item: { id: 'p3-i2' } },
    });
    expect(step?.prompt.value?.map(({ role }) => role)).toEqual(['system', 'user']);
    expect(JSON.parse(step?.answer.value ?? '')).toHaveProperty('score');
    expect(step?.reasoning).toContain('“Tasks are given only to those the brief counts on');
    const [call] = run.calls.filter(({ span_id }) => step?.calls.includes(span_id));
    expect(call).toMatchObject({
      key: 'm3/expansion_evaluation/ItemEvaluator/p3/p3-i2/c1',
      step: step?.span_id,
    });
    expect([call?.prompt, call?.answer]).toEqual([step?.prompt, step?.answer]);
  });

  test('a decision has every candidate with its scores, its rank and the reason it was not chosen', () => {
    const decision = run.decisions.find(({ kind }) => kind === 'plan_selection');

    expect(decision).toMatchObject({ by: 'total', chosen: ['p3'], margin: 0.01, tie_break: null });
    expect(decision?.candidates.map(({ id, rank, reason }) => [id, rank, reason])).toEqual([
      ['p1', 2, 'mean score 0.598, 0.01 below p3'],
      ['p2', 3, 'mean score 0.484, 0.124 below p3'],
      ['p3', 1, null],
    ]);
  });

  test('criteria, limits, plans and texts have their words and where they came from', () => {
    expect(run.criteria.filter(({ is_selected }) => is_selected).map(({ id }) => id)).toEqual([
      'c1',
      'c2',
      'c3',
      'c7',
      'c8',
    ]);
    expect(run.criteria[0]).toMatchObject({ own_rating: 6, rating: 7 });
    expect(run.constraints.map(({ id, kind, quote }) => [id, kind, quote])).toEqual([
      ['k1', 'people', 'We are five volunteers in a town of 9,000 people'],
      ['k2', 'money', 'We have at most 5,000 euros'],
      ['k3', 'time', 'The café must be open by 1 June'],
      ['k4', 'people', 'Nobody may work alone with mains voltage'],
    ]);
    expect(
      run.plans.map(({ id, agent, own_rating, total, is_selected }) => [
        id,
        agent,
        own_rating,
        total,
        is_selected,
      ]),
    ).toEqual([
      ['p1', 'BalancedPlanner', 9, 0.598, false],
      ['p2', 'LeanPlanner', 6, 0.484, false],
      ['p3', 'AmbitiousPlanner', 6, 0.608, true],
    ]);
    const texts = run.items.find(({ id }) => id === 'p3-i2')?.texts ?? [];
    expect(
      texts.map(({ id, agent, score, meets_criteria, is_final }) => [
        id,
        agent,
        score,
        meets_criteria,
        is_final,
      ]),
    ).toEqual([
      ['p3-i2-a0', 'ItemExpander', 0.8, false, false],
      ['p3-i2-a1', 'RevisionApplier', 0.9, false, false],
      ['p3-i2-a2', 'RevisionRefiner', 1, true, true],
    ]);
    for (const { text, size } of texts) expect(Buffer.byteLength(text.value ?? '')).toBe(size);
    expect(run.items.map(({ texts }) => texts.filter(({ is_final }) => is_final).length)).toEqual([
      1, 1, 1, 1, 1, 1,
    ]);
  });

  test('a suggestion says which verdicts it is for, who was told, and which passage answers it', () => {
    const suggestion = run.suggestions.find(({ id }) => id === 'p3-i2-a1-s1');
    const [answer] = run.items.flatMap(({ texts }) => texts.filter(({ id }) => id === 'p3-i2-a2'));

    expect(suggestion).toMatchObject({
      attempt: 1,
      verdicts: ['revision_criterion p3-i2 a1 c2'],
      told: answer?.span_id,
      status: 'addressed',
      judged_by: answer?.judged_by,
    });
    expect(answer?.text.value).toContain(suggestion?.evidence);
    const failed = run.verdicts.find(({ id }) => id === suggestion?.verdicts[0]);
    expect(failed).toMatchObject({ pass: false, status: 'partially_met', criterion_id: 'c2' });
  });

  test('a request says what it is for, which verdicts led to it, and what its approval expects', () => {
    expect(
      run.requests.map(({ id, targeted_criteria, failed_verdicts, approval }) => [
        id,
        targeted_criteria,
        failed_verdicts,
        approval?.approved,
      ]),
    ).toEqual([
      ['r-p3-i2', ['c1', 'c2'], ['item_criterion p3-i2 c1', 'item_criterion p3-i2 c2'], true],
      ['r-p3-i3', ['c3'], ['item_criterion p3-i3 c3'], true],
      ['r-p3-i4', ['c1', 'c8'], ['item_criterion p3-i4 c1', 'item_criterion p3-i4 c8'], true],
      ['r-p3-i5', expect.any(Array), expect.any(Array), false],
    ]);
    expect(
      run.requests[0]?.approval?.impacts.map(({ criterion_id, impact }) => `${criterion_id} ${impact}`),
    ).toEqual(['c1 improve', 'c2 improve', 'c3 no_change', 'c7 worsen', 'c8 no_change']);
  });

  test('an answer that was asked for again is read from the prompt of its repair, where alone it stands', () => {
    const repaired = goldenTrace('web-search');
    const repair = repaired.spans.find(({ attributes }) => attributes['agento.repair'] === true);
    if (!repair) throw new Error('no repair');
    const messages = ['system', 'user', 'assistant', 'user'].map((role) => ({
      role,
      content: `the ${role}`,
    }));
    repair.attributes['ai.prompt'] = JSON.stringify(messages);

    const { calls } = only(readRuns(repaired));
    const [first, second] = calls.filter(({ step }) => step === repair.parent_span_id);
    expect([first?.answer, second?.span_id]).toEqual([
      { value: 'the assistant', state: 'whole' },
      repair.span_id,
    ]);
    expect(second?.answer.value).not.toBe('the assistant');
    const [found] = findingsOf(only(readRuns(repaired)), 'answer.unusable');
    expect(found?.texts[0]?.text).toBe('the assistant');
  });

  test('links can be followed both ways', () => {
    const links = linksByEnd(run);
    const assembly = stepNamed(run, 'final_assembly').span_id;

    const [first] = links.from(assembly).filter(({ relationship }) => relationship === 'accepted_attempt');
    expect(first).toMatchObject({
      about: { item_id: 'p3-i2', attempt: 2 },
      is_found: true,
      other_trace: null,
    });
    expect(links.to(first?.to ?? '').map(({ from, relationship }) => [from, relationship])).toContainEqual([
      assembly,
      'accepted_attempt',
    ]);
    expect(links.to(stepNamed(run, 'quality_check').span_id)).toEqual([]);
  });

  test("Jaeger's older storages, which drop the links' attributes, give the same", () => {
    const lines = asOldStorageGivesIt(recordedText().trim()).split('\n');
    const from = parseOtlpJson(lines.map((line) => `{"result":${line}}`).join('\n'));

    expect(only(readRuns(from))).toEqual(run);
  });
});

describe('where something is missing', () => {
  test('with content off there are ids, scores and sizes, and each text says that content is off', () => {
    const off = only(readRuns(withoutContent(trace)));

    expect(off).toMatchObject({
      goal: { value: null, state: 'content off' },
      context: null,
      outcome: 'held',
      score: 0.8,
      has_content: false,
      gaps: [],
    });
    expect(stepNamed(off, 'item_generation')).toMatchObject({
      prompt: { value: null, state: 'content off' },
      answer: { value: null, state: 'content off' },
      reasoning: null,
    });
    expect(off.decisions.map(({ chosen, margin }) => [chosen, margin])).toEqual(
      run.decisions.map(({ chosen, margin }) => [chosen, margin]),
    );
    expect(off.verdicts.map(({ id, pass, score }) => [id, pass, score])).toEqual(
      run.verdicts.map(({ id, pass, score }) => [id, pass, score]),
    );
    expect(off.suggestions.map(({ id, status, text }) => [id, status, text])).toEqual(
      run.suggestions.map(({ id, status }) => [id, status, null]),
    );
    expect(off.requests.map(({ id, approval }) => [id, approval?.approved])).toEqual(
      run.requests.map(({ id, approval }) => [id, approval?.approved]),
    );
    expect(
      off.items.flatMap(({ texts }) => texts.map(({ id, size, is_final }) => [id, size, is_final])),
    ).toEqual(run.items.flatMap(({ texts }) => texts.map(({ id, size, is_final }) => [id, size, is_final])));
  });

  test('a prompt with images and files has a short text of each', () => {
    const shown = structuredClone(trace);
    const step = shown.spans.find(({ attributes }) => 'ai.prompt' in attributes);
    if (!step) throw new Error('no small prompt');
    const mark = `[image/png, 20480 bytes, sha256 ${'0'.repeat(64)}]`;
    step.attributes['ai.prompt'] = JSON.stringify([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Look' },
          { type: 'image_url', image_url: { url: mark, detail: 'low' } },
          { type: 'image_url', image_url: { url: 'https://pictures.example/a.png' } },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
          { type: 'input_file', file_id: 'file-1' },
        ],
      },
    ]);

    const read = only(readRuns(shown)).steps.find(({ span_id }) => span_id === step.span_id);

    expect(read?.prompt.value).toEqual([
      {
        role: 'user',
        content: `Look\n${mark}\n[image_url, https://pictures.example/a.png]\n[image/png, 3 bytes]\n[input_file, file-1]`,
      },
    ]);
  });

  test('what a prompt holds that is no image and no file is whole, and quickly read', () => {
    const shown = structuredClone(trace);
    const step = shown.spans.find(({ attributes }) => 'ai.prompt' in attributes);
    if (!step) throw new Error('no small prompt');
    const call = { type: 'tool_use', id: 't1', name: 'find', input: { number: 5, exact: true } };
    const found = [
      { type: 'text', text: 'word '.repeat(200) },
      { type: 'image', source: '[image/png, 20480 bytes, sha256 00]' },
    ];
    const result = { type: 'tool_result', tool_use_id: 't1', content: found };
    const story = { type: 'document', source: { type: 'text', data: 'word '.repeat(200) } };
    const strange = { type: 'image', image: `data:${'a'.repeat(200_000)}` };
    step.attributes['ai.prompt'] = JSON.stringify([
      { role: 'user', content: [call, result, story, strange] },
    ]);

    const before = performance.now();
    const read = only(readRuns(shown)).steps.find(({ span_id }) => span_id === step.span_id);

    // Tried at each of its letters, the strange one took half a minute.
    expect(performance.now() - before).toBeLessThan(5_000);
    const [{ content = '' } = {}] = read?.prompt.value ?? [];
    expect(content.split('\n')).toEqual([
      JSON.stringify(call),
      JSON.stringify(result),
      `[document, text, ${'word '.repeat(200)}]`,
      `[image, ${strange.image.slice(0, 300)}…]`,
    ]);
  });

  test('a span that shed its large events says so', () => {
    const shed = structuredClone(trace);
    const step = shed.spans.find(({ attributes }) => 'ai.prompt_truncated' in attributes);
    if (!step) throw new Error('no large prompt');
    step.events = step.events.filter(({ name }) => !name.startsWith('ai.payload.large'));
    step.attributes['agento.shed'] = true;

    const read = only(readRuns(shed)).steps.find(({ span_id }) => span_id === step.span_id);

    expect(read).toMatchObject({
      prompt: { value: null, state: 'shed' },
      input: null,
      answer: { state: 'whole' },
    });
  });

  test('a trace of another program holds no run', () => {
    const foreign = trace.spans.filter(({ name }) => name === 'POST /run' || name === 'request');

    expect(readRuns({ ...trace, spans: foreign })).toEqual([]);
    expect(readRuns({ ...trace, spans: [] })).toEqual([]);
  });

  test('a run that is still going on shows the steps that have ended', () => {
    const begun = trace.spans.filter(({ name }) =>
      /^(search_agent|constraint_extraction|chat .*)$/.test(name),
    );

    expect(only(readRuns({ ...trace, spans: begun }))).toMatchObject({
      goal: { value: 'Open a repair café in a small town', state: 'whole' },
      outcome: 'unfinished',
      score: null,
      steps: [{ name: 'search_agent' }, { name: 'constraint_extraction' }],
      constraints: [{ id: 'k1' }, { id: 'k2' }, { id: 'k3' }, { id: 'k4' }],
    });
  });

  test('what was lost is a gap, and whoever links to it says that it is not found', () => {
    const lost = trace.spans.filter(({ name }) => name !== 'plan_selection');
    const read = only(readRuns({ ...trace, spans: lost }));

    expect(read.gaps).toEqual(['run_module_2 made 12 spans, 11 are here']);
    expect(read.links.filter(({ is_found }) => !is_found).map(({ relationship }) => relationship)).toEqual(
      Array(6).fill('plan'),
    );
  });

  test.each(trace.spans.map(({ name }) => name).filter((name, index, all) => all.indexOf(name) === index))(
    'without its %s a run is still read',
    (name) => {
      expect(() =>
        readRuns({ ...trace, spans: trace.spans.filter((span) => span.name !== name) }),
      ).not.toThrow();
    },
  );

  test.each(['', '[', '{"a":', '[null]', '{"kept":5,"criteria":[null,7],"plan_items":"x"}', null, 7, ['x']])(
    'a trace whose texts are all %j is read, too',
    (value) => {
      const broken = structuredClone(trace);
      const spoil = (attributes: RecordedSpan['attributes']) => {
        for (const key of Object.keys(attributes)) {
          if (!/^(agento\.run|agento\.step|agent\.name)/.test(key)) attributes[key] = value;
        }
      };
      for (const { attributes, events, links } of broken.spans) {
        for (const each of [{ attributes }, ...events, ...links]) spoil(each.attributes);
      }

      expect(readRuns(broken)).toHaveLength(1);
    },
  );
});

describe('of several attempts, executions and runs', () => {
  test('each golden trace is read', () => {
    const told = ([...goldenNames, 'seldom', 'resumed'] as const).map((name) => {
      const { outcome, score, error } = only(readRuns(goldenTrace(name)));
      return [name, outcome, score, error?.type ?? null];
    });

    expect(told).toEqual([
      ['published', 'published', expect.any(Number), null],
      ['held', 'held', expect.any(Number), null],
      ['failed', 'failed', null, 'model_unavailable'],
      ['web-search', 'stopped', null, null],
      ['seldom', 'cancelled', null, 'cancelled'],
      ['resumed', 'published', expect.any(Number), null],
    ]);
  });

  test('of a module that was executed again only the last execution makes verdicts and items', () => {
    const once = only(readRuns(goldenTrace('published')));
    const resumed = only(readRuns(goldenTrace('resumed')));

    expect(resumed.steps.some(({ counts }) => !counts)).toBe(true);
    expect(resumed.verdicts.map(({ id }) => id).sort()).toEqual(once.verdicts.map(({ id }) => id).sort());
    expect(resumed.items.map(({ id, texts }) => [id, texts.length])).toEqual(
      once.items.map(({ id, texts }) => [id, texts.length]),
    );
    expect(resumed.calls.some(({ from_journal }) => from_journal)).toBe(true);
  });

  test('a later attempt is read with the modules it goes on from', () => {
    const good = parseOtlpJson(goodTrace({ stopAfter: 5 }));
    const isLater = ({ resource }: RecordedSpan) => Number(resource['module.number']) >= 4;
    const again = copied(good.spans.filter(isLater)).map((span) => ({
      ...span,
      attributes: { ...span.attributes, 'agento.run.attempt': 2 },
    }));

    const runs = readRuns({ ...good, spans: [...good.spans, ...again] });

    expect(runs.map(({ run_attempt, run_attempts }) => [run_attempt, run_attempts])).toEqual([
      [1, [1, 2]],
      [2, [1, 2]],
    ]);
    const [first, second] = runs;
    expect(second?.modules.map(({ number, run_attempt }) => [number, run_attempt])).toEqual([
      [1, 1],
      [2, 1],
      [3, 1],
      [4, 2],
      [5, 2],
    ]);
    expect(second?.criteria).toEqual(first?.criteria);
    expect(second?.usage.all.calls).toBeLessThan(first?.usage.all.calls ?? 0);
  });

  test('two runs in one trace are two', () => {
    const other = copied(trace.spans).map((span) => ({
      ...span,
      attributes: {
        ...span.attributes,
        ...('agento.run.id' in span.attributes && { 'agento.run.id': 'other' }),
      },
    }));
    const both: Trace = { ...trace, spans: [...trace.spans, ...other] };

    const runs = readRuns(both);

    expect(runs.map(({ run_id, steps, calls }) => [run_id, steps.length, calls.length])).toEqual([
      [run.run_id, run.steps.length, 68],
      ['other', run.steps.length, 68],
    ]);
  });
});

test('the use of an agent is counted, even where it is called as something that every object has', () => {
  for (const name of ['toString', '__proto__', 'constructor']) {
    const spans = trace.spans.map((span) =>
      span.attributes['agent.name'] === 'SearchAgent'
        ? { ...span, attributes: { ...span.attributes, 'agent.name': name } }
        : span,
    );
    const { agents, all } = only(readRuns({ ...trace, spans })).usage;

    expect(Object.entries(agents).find(([agent]) => agent === name)?.[1].calls).toBe(1);
    expect(all.input_tokens).toBe(144_619);
  }
});
