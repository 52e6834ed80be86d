import { chain } from '@agento/contracts';
import { isFromJournal, isReplayed, moduleOf, type RecordedSpan } from '../model.ts';
import type { RunTrace } from '../run.ts';
import { misfit, type Rule, texts, uuid } from './rule.ts';

const spent = ['gen_ai.usage.input_tokens', 'gen_ai.usage.output_tokens', 'agento.cost.usd'];

/** Runs that replay a recorded one: what was not asked says where its answer is from, and counts for nothing. */
function rulesOf(module: number): Rule[] {
  const rule = (name: string, requires: string, check: (span: RecordedSpan) => string | null): Rule => ({
    name: `module${module}.${name}`,
    module,
    where: 'chat {model}',
    requires,
    check: (run: RunTrace) =>
      run.trace.spans
        .filter((span) => moduleOf(span) === module && span.name.startsWith('chat '))
        .flatMap((span) => {
          const detail = check(span);
          return detail === null ? [] : [{ span, detail }];
        }),
  });
  const runModule: Rule = {
    name: `module${module}.run_module.agento.replay`,
    module,
    where: 'run_module',
    requires: 'above replayed calls run_module_N has agento.replay.run_id and agento.replay.from',
    check: ({ executions }) =>
      executions
        .filter(({ number }) => number === module)
        .flatMap(({ root, spans }) => {
          const { 'agento.replay.run_id': of, 'agento.replay.from': from } = root.attributes;
          if (of === undefined && from === undefined && !spans.some(isReplayed)) return [];
          const wrong = [
            misfit('agento.replay.run_id', of, uuid, root),
            misfit('agento.replay.from', from, texts, root),
          ];
          return wrong.flatMap((detail) => (detail === null ? [] : [{ span: root, detail }]));
        }),
  };
  return [
    runModule,
    rule(
      'chat.link.replayed_from',
      'a replayed call has a link with relationship replayed_from to the span that recorded its answer; no other has',
      (span) => {
        const links = span.links.filter(({ attributes }) => attributes.relationship === 'replayed_from');
        if (!isReplayed(span))
          return links.length > 0 ? 'it has a link replayed_from, and agento.replayed is not true' : null;
        const isLinked = links.length > 0 || span.links.some(({ lost }) => lost);
        return isLinked ? null : 'it is replayed, and has no link replayed_from to the recorded call';
      },
    ),
    rule(
      'chat.replayed',
      'a replayed call has used no tokens and cost nothing; it does not come from the journal, too',
      (span) => {
        if (!isReplayed(span)) return null;
        if (isFromJournal(span)) return 'it is replayed, and from the journal as well: it can be only one';
        const key = spent.find((key) => Number(span.attributes[key] ?? 0) > 0);
        return key === undefined ? null : `it is replayed, so nobody was asked: its ${key} must be 0`;
      },
    ),
  ];
}

export const replayRules: Rule[] = chain.flatMap(({ number }) => rulesOf(number));
