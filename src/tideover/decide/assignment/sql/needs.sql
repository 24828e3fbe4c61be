-- Which needs wait for somebody: a skill and a language. Those that fewest collectors can meet come first, so that
-- the few are not used up by work that many could do.
-- engine: duckdb
-- grain: skill, language
-- reads: work, taken, collector_day
SELECT
    work.skill, work.language
FROM work
WHERE work.action <> 'review' AND work.case_id NOT IN (SELECT taken.case_id FROM taken)
GROUP BY work.skill, work.language
ORDER BY (
    SELECT count(*) FROM collector_day
    WHERE list_contains(collector_day.skills, work.skill)
        AND (work.language IS NULL OR list_contains(collector_day.languages, work.language))
), work.skill, work.language
