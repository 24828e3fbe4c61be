-- Which needs wait for somebody: whose client, a skill, a language, and whether for the day alone. Those that fewest
-- collectors can meet come first, so that the few are not used up by work that many could do.
-- engine: duckdb
-- grain: client, skill, language, cover
-- reads: waiting, collector_day
SELECT
    waiting.client_id, waiting.skill, waiting.language, waiting.is_cover
FROM waiting
GROUP BY waiting.client_id, waiting.skill, waiting.language, waiting.is_cover
ORDER BY (
    SELECT count(*) FROM collector_day
    WHERE list_contains(collector_day.skills, waiting.skill)
        AND list_contains(collector_day.client_ids, waiting.client_id) AND collector_day.is_present
        AND (waiting.language IS NULL OR list_contains(collector_day.languages, waiting.language))
), waiting.skill, waiting.language, waiting.is_cover, waiting.client_id
