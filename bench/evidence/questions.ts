/** Questions over all runs, as people ask them: each in one statement. */
export const questions: Record<string, string> = {
  'criteria picked early and failed by most later verdicts': `
    SELECT c.text, count(DISTINCT c.run_id) AS runs, avg((NOT v.pass)::INT) AS failed
    FROM criteria c JOIN verdicts v USING (trace_id, run_id, attempt, criterion_id)
    WHERE c.is_selected AND v.kind IN ('item_criterion', 'revision_criterion')
    GROUP BY c.text HAVING failed > 0.1 ORDER BY failed DESC LIMIT 20`,
  'where time, tokens and money went, by agent and version of its prompt': `
    SELECT agent, prompt_version, count(*) AS calls, sum(input_tokens + output_tokens) AS tokens, sum(cost_usd) AS usd,
      quantile_cont(duration_ms, 0.95) AS p95_ms, count(*) FILTER (is_repair) AS repairs
    FROM calls WHERE counts GROUP BY ALL ORDER BY tokens DESC`,
  'what became of suggestions, and what they gained': `
    SELECT s.status, count(*) AS suggestions, avg(after.score - before.score) AS gained
    FROM suggestions s
      JOIN texts before USING (trace_id, run_id, attempt, item_id, revision)
      LEFT JOIN texts after ON (after.trace_id, after.run_id, after.attempt, after.item_id, after.revision)
        = (s.trace_id, s.run_id, s.attempt, s.item_id, s.revision + 1)
    GROUP BY s.status ORDER BY suggestions DESC`,
  'answers with a word in them, by agent': `
    SELECT agent, count(*) AS answers FROM calls WHERE answer ILIKE '%volunteer%' GROUP BY agent ORDER BY answers DESC`,
  'spans by name: how many, how slow, how often failed, how often linked to': `
    SELECT s.name, count(*) AS spans, quantile_cont(s.duration_ms, 0.95) AS p95_ms,
      count(*) FILTER (s.status = 'ERROR') AS failed, sum(l.links) AS linked
    FROM spans s LEFT JOIN (SELECT trace_id, to_span, count(*) AS links FROM links GROUP BY ALL) l
      ON l.trace_id = s.trace_id AND l.to_span = s.span_id
    GROUP BY s.name ORDER BY spans DESC`,
};
