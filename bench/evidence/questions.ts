import { readFileSync } from 'node:fs';

const documentation = readFileSync(new URL('../../docs/evidence-tables.md', import.meta.url), 'utf8');

/** The questions of the documentation, as they stand there. */
const documented = [...documentation.matchAll(/^(\S.*\?)\n\n```sql\n([^`]+)```/gm)].map(
  ([, question = '', sql = '']) => [question, sql] as const,
);

/** Questions over all runs: each in one statement. */
export const questions: Record<string, string> = {
  ...Object.fromEntries(documented),
  'Which judge passes nearly everything?': `
    SELECT judge, kind, count(*) AS verdicts, avg(pass::INT) AS passed, stddev(score) AS spread
    FROM verdicts GROUP BY ALL HAVING verdicts > 20 ORDER BY passed DESC`,
  'Which version of a prompt is behind failures, repairs and cut answers?': `
    SELECT agent, prompt_version, prompt_sha256, count(*) AS calls, count(error_type) AS failed,
      count(*) FILTER (is_repair) AS repairs, count(*) FILTER (list_contains(finish_reasons, 'length')) AS cut
    FROM calls GROUP BY ALL ORDER BY failed DESC, repairs DESC`,
  'What became of suggestions, and what did they gain?': `
    SELECT s.status, count(*) AS suggestions, avg(after.score - before.score) AS gained
    FROM suggestions s
      JOIN texts before USING (trace_id, run_id, attempt, item_id, revision)
      LEFT JOIN texts after ON (after.trace_id, after.run_id, after.attempt, after.item_id, after.revision)
        = (s.trace_id, s.run_id, s.attempt, s.item_id, s.revision + 1)
    GROUP BY s.status ORDER BY suggestions DESC`,
  'Which runs are incomplete?': `
    SELECT run_id, outcome, gaps FROM runs WHERE len(gaps) > 0 OR NOT has_content ORDER BY started LIMIT 50`,
  'Which spans are slow, fail, or are linked to?': `
    SELECT s.name, count(*) AS spans, quantile_cont(s.duration_ms, 0.95) AS p95_ms,
      count(*) FILTER (s.status = 'ERROR') AS failed, sum(l.links) AS linked
    FROM spans s LEFT JOIN (SELECT trace_id, to_span, count(*) AS links FROM links GROUP BY ALL) l
      ON l.trace_id = s.trace_id AND l.to_span = s.span_id
    GROUP BY s.name ORDER BY spans DESC`,
  'Which decisions were close?': `
    SELECT kind, count(*) AS decisions, quantile_cont(margin, 0.1) AS tenth FROM (
      SELECT d.kind, max(c.score) FILTER (c.is_chosen) - max(c.score) FILTER (NOT c.is_chosen) AS margin
      FROM decisions d JOIN candidates c USING (trace_id, run_id, attempt, span_id) GROUP BY d.trace_id, d.span_id, d.kind)
    GROUP BY kind`,
  'Which texts of plans have a word in them?': `
    SELECT count(*), count(DISTINCT run_id) FROM texts WHERE contains(text, 'volunteer')`,
  'Which answers have a word in them?': `
    SELECT agent, count(*) AS answers FROM calls WHERE contains(answer, 'volunteer') GROUP BY agent`,
  'Which answers have a word in them, whatever its case?': `
    SELECT agent, count(*) AS answers FROM calls WHERE answer ILIKE '%volunteer%' GROUP BY agent`,
};
