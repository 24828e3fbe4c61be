-- what: how many accounts came to each step of each stage, and what became of them
-- engine: duckdb
-- grain: one row per stage, strategy, step and clause
-- reads: decision_day
SELECT
    decision.stage, decision.strategy_id, decision.step, decision.action, decision.struck_clause,
    count(*) AS accounts_count,
    count(*) FILTER (decision.leads AND decision.action <> 'find-contact-point') AS work_count,
    count(*) FILTER (
        decision.leads AND decision.uncovered_cause NOT IN ('not-reached', 'owner-absent')
    ) AS uncovered_count,
    count(*) FILTER (
        decision.leads AND decision.uncovered_cause IN ('not-reached', 'owner-absent')
    ) AS not_reached_count
FROM decision_day AS decision
GROUP BY decision.stage, decision.strategy_id, decision.step, decision.action, decision.struck_clause
ORDER BY decision.stage NULLS LAST, decision.strategy_id NULLS LAST, decision.step, decision.action,
    decision.struck_clause NULLS FIRST
