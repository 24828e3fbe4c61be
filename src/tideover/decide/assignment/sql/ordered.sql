-- The work items of the day, each in its place. A collector's day is ordered: call-backs at their time, then broken
-- promises, promises that are due, stages past their deadline, the nearest deadline, the larger amounts (by tenths
-- within a currency, since currencies are never compared), and last a lot.
-- engine: duckdb
-- grain: case
-- reads: work, taken, collector_day
SELECT
    work.case_id, work.lead_account_id, work.owner_id, work.stage, work.step, work.action, work.channel, work.skill,
    work.strategy_id, work.strategy_version, work.due_at, work.owed_amount, work.currency,
    taken.collector_id,
    coalesce(collector.team_id, owner.team_id) AS team_id,
    taken.assigned_cause, taken.uncovered_cause,
    CASE work.urgency
        WHEN 1 THEN 'call-back' WHEN 2 THEN 'promise-broken' WHEN 3 THEN 'promise-due'
        WHEN 4 THEN 'stage-late' WHEN 5 THEN 'stage-deadline' ELSE 'amount'
    END AS order_reason,
    CASE WHEN taken.collector_id IS NOT NULL THEN row_number() OVER (
        PARTITION BY taken.collector_id
        ORDER BY work.urgency, work.due_at, work.stage_deadline_date, work.amount_tenth, work.lot
    ) END AS position
FROM work
LEFT JOIN taken ON taken.case_id = work.case_id
LEFT JOIN collector_day AS collector ON collector.user_id = taken.collector_id
LEFT JOIN collector_day AS owner ON owner.user_id = work.owner_id
ORDER BY work.case_id
