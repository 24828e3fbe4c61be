-- what: holds whose time is over are told once
-- grain: one row per hold that ended by itself
-- reads: cases_case
-- writes: cases_hold, cases_daychange
WITH expired AS (
    UPDATE cases_hold AS hold
    SET expiry_noted_at = %(at)s
    FROM cases_case
    WHERE cases_case.id = hold.case_id AND cases_case.client_id = %(client_id)s
        AND hold.until_at <= %(at)s AND hold.lifted_at IS NULL AND hold.expiry_noted_at IS NULL
    RETURNING hold.id, hold.case_id, hold.account_id, hold.customer_id, hold.reason, hold.scope
)
INSERT INTO cases_daychange (client_id, kind, customer_id, case_id, account_id, body)
SELECT %(client_id)s, 'hold-expired', customer_id, case_id, account_id,
    jsonb_build_object('hold_id', id, 'case_id', case_id, 'account_id', account_id, 'reason', reason, 'scope', scope)
FROM expired
