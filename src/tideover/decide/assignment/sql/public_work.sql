-- what: the work of every day as it stands: who, on which case, in what place, done or not
-- grain: one row per case and day
-- reads: assignment_workitem
SELECT
    id AS work_item_id, day, client_id, team_id, case_id, collector_id, cover_for_id, assigned_cause, uncovered_cause,
    position, order_reason, lead_account_id, stage, step, action, channel, skill, strategy_id, due_at, owed_amount, currency,
    done_at, done_cause
FROM assignment_workitem
