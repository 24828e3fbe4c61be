-- The work items of the day, each in its turn. A collector's day is as long as the ceiling; what is left of their own
-- cases is not reached today and stays theirs. What nobody has is uncovered, with the cause; the cases of an owner who
-- is away wait for them, or are covered for the day.
-- engine: duckdb
-- grain: case
-- reads: work, held, absent, collector_day
WITH placed AS (
    SELECT held.case_id, held.collector_id, held.assigned_cause, held.is_cover, collector.team_id, collector.work_items_left,
        row_number() OVER (PARTITION BY held.collector_id ORDER BY held.turn) AS place
    FROM held JOIN collector_day AS collector ON collector.user_id = held.collector_id
), can AS (
    SELECT need.client_id, need.skill, need.language,
        bool_or(list_contains(collector.skills, need.skill)) AS has_skill,
        bool_or(
            list_contains(collector.skills, need.skill)
            AND (need.language IS NULL OR list_contains(collector.languages, need.language))
        ) AS has_both
    FROM (SELECT DISTINCT work.client_id, work.skill, work.language FROM work) AS need
    JOIN collector_day AS collector ON list_contains(collector.client_ids, need.client_id)
    GROUP BY need.client_id, need.skill, need.language
)
SELECT
    work.client_id, work.case_id, work.lead_account_id, work.owner_id, work.stage, work.step, work.action, work.channel, work.skill,
    work.strategy_id, work.strategy_version, work.due_at, work.owed_amount, work.currency,
    CASE WHEN placed.place <= placed.work_items_left THEN placed.collector_id END AS collector_id,
    coalesce(placed.team_id, owner.team_id) AS team_id,
    CASE WHEN placed.place <= placed.work_items_left THEN placed.assigned_cause END AS assigned_cause,
    CASE
        WHEN work.action <> 'contact' OR placed.place <= placed.work_items_left THEN NULL
        WHEN placed.case_id IS NOT NULL THEN 'not-reached'
        WHEN absent.needs_cover THEN 'no-cover'
        WHEN absent.case_id IS NOT NULL THEN 'owner-absent'
        WHEN NOT coalesce(can.has_skill, FALSE) THEN 'no-certificate'
        WHEN NOT can.has_both THEN 'no-language'
        ELSE 'no-capacity'
    END AS uncovered_cause,
    CASE WHEN placed.is_cover AND placed.place <= placed.work_items_left THEN work.owner_id END AS cover_for_id,
    work.order_reason,
    CASE WHEN placed.place <= placed.work_items_left THEN placed.place END AS position
FROM work
LEFT JOIN placed ON placed.case_id = work.case_id
LEFT JOIN absent ON absent.case_id = work.case_id
LEFT JOIN can ON can.client_id = work.client_id AND can.skill IS NOT DISTINCT FROM work.skill
    AND can.language IS NOT DISTINCT FROM work.language
LEFT JOIN collector_day AS owner ON owner.user_id = work.owner_id
ORDER BY work.case_id
