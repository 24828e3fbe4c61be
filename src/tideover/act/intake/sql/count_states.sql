-- what: how many good rows are new, changed, or the same
-- grain: one row per state
-- reads: intake_staged_state
SELECT staged.state, count(*)
FROM intake_staged_state AS staged
WHERE staged.run_id = %(run_id)s
GROUP BY staged.state
