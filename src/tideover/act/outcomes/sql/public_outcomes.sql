-- what: what every contact ended in, for decisions, reports and pages; without the notes
-- grain: one row per outcome
-- reads: outcomes_outcome
SELECT outcome.id AS outcome_id, outcome.client_id, outcome.customer_id, outcome.case_id, outcome.account_id,
    outcome.call_id, outcome.user_id, outcome.at, outcome.local_date, outcome.spoke_to, outcome.result,
    outcome.arrears_reason, outcome.next_step_at, outcome.promise_id, outcome.hold_id, outcome.case_was_closed
FROM outcomes_outcome AS outcome
