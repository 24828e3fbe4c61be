-- The collector who owns a case keeps it, if still in a team of the client and certified for the step; beyond the
-- day's ceiling the least urgent of an owner's items wait. A review belongs to a leader and changes no owner.
-- engine: duckdb
-- grain: case
-- reads: work, collector_day
WITH owned AS (
    SELECT
        work.case_id, work.owner_id AS collector_id, collector.work_items_left,
        row_number() OVER (
            PARTITION BY work.owner_id
            ORDER BY work.urgency, work.due_at, work.stage_deadline_date, work.amount_tenth, work.lot
        ) AS place
    FROM work JOIN collector_day AS collector ON collector.user_id = work.owner_id
    WHERE work.action <> 'review' AND list_contains(collector.skills, work.skill)
)
SELECT
    case_id,
    CASE WHEN place <= work_items_left THEN collector_id END AS collector_id,
    CASE WHEN place <= work_items_left THEN 'kept' END AS assigned_cause,
    CASE WHEN place > work_items_left THEN 'owner-full' END AS uncovered_cause
FROM owned
