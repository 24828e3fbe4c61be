-- The work items of the day, each in its turn. A collector's day is as long as the ceiling; what is left of their own
-- cases is not reached today and stays theirs. What nobody has is uncovered, with the cause.
-- engine: duckdb
-- grain: case
-- reads: work, held, collector_day
WITH placed AS (
    SELECT held.case_id, held.collector_id, held.assigned_cause, collector.team_id, collector.work_items_left,
        row_number() OVER (PARTITION BY held.collector_id ORDER BY held.turn) AS place
    FROM held JOIN collector_day AS collector ON collector.user_id = held.collector_id
), can AS (
    SELECT need.skill, need.language,
        bool_or(list_contains(collector.skills, need.skill)) AS has_skill,
        bool_or(
            list_contains(collector.skills, need.skill)
            AND (need.language IS NULL OR list_contains(collector.languages, need.language))
        ) AS has_both
    FROM (SELECT DISTINCT work.skill, work.language FROM work) AS need
    CROSS JOIN collector_day AS collector
    GROUP BY need.skill, need.language
)
SELECT
    work.case_id, work.lead_account_id, work.owner_id, work.stage, work.step, work.action, work.channel, work.skill,
    work.strategy_id, work.strategy_version, work.due_at, work.owed_amount, work.currency,
    CASE WHEN placed.place <= placed.work_items_left THEN placed.collector_id END AS collector_id,
    coalesce(placed.team_id, owner.team_id) AS team_id,
    CASE WHEN placed.place <= placed.work_items_left THEN placed.assigned_cause END AS assigned_cause,
    CASE
        WHEN work.action <> 'contact' OR placed.place <= placed.work_items_left THEN NULL
        WHEN placed.case_id IS NOT NULL THEN 'not-reached'
        WHEN NOT coalesce(can.has_skill, FALSE) THEN 'no-certificate'
        WHEN NOT can.has_both THEN 'no-language'
        ELSE 'no-capacity'
    END AS uncovered_cause,
    work.order_reason,
    CASE WHEN placed.place <= placed.work_items_left THEN placed.place END AS position
FROM work
LEFT JOIN placed ON placed.case_id = work.case_id
LEFT JOIN can ON can.skill IS NOT DISTINCT FROM work.skill AND can.language IS NOT DISTINCT FROM work.language
LEFT JOIN collector_day AS owner ON owner.user_id = work.owner_id
ORDER BY work.case_id
