-- Which needs wait for somebody: a skill and a language. Those that fewest collectors can meet come first, so that
-- the few are not used up by work that many could do.
-- engine: duckdb
-- grain: skill, language
-- reads: waiting, collector_day
SELECT
    waiting.skill, waiting.language
FROM waiting
GROUP BY waiting.skill, waiting.language
ORDER BY (
    SELECT count(*) FROM collector_day
    WHERE list_contains(collector_day.skills, waiting.skill)
        AND (waiting.language IS NULL OR list_contains(collector_day.languages, waiting.language))
), waiting.skill, waiting.language
