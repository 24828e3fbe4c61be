-- what: holds whose time is over are told once; a complaint that nobody has decided goes up, and of a payment that was
--       claimed and never came the work goes on
-- grain: one row per hold that ended by itself
-- reads: cases_case
-- writes: cases_hold, cases_daychange
WITH expired AS (
    UPDATE cases_hold AS hold
    SET expiry_noted_at = %(at)s,
        escalated_at = CASE WHEN hold.reason = 'complaint' AND hold.decided_at IS NULL THEN %(at)s::timestamptz END
    FROM cases_case
    WHERE cases_case.id = hold.case_id AND cases_case.client_id = %(client_id)s
        AND hold.until_at <= %(at)s AND hold.lifted_at IS NULL AND hold.expiry_noted_at IS NULL
    RETURNING hold.id, hold.case_id, hold.account_id, hold.customer_id, hold.reason, hold.scope, hold.subject,
        hold.until_at, hold.escalated_at
)
INSERT INTO cases_daychange (client_id, kind, customer_id, case_id, account_id, body)
SELECT %(client_id)s,
    CASE
        WHEN escalated_at IS NOT NULL THEN 'complaint-escalated'
        WHEN reason = 'payment-claimed' THEN 'claim-unproved'
        ELSE 'hold-expired'
    END,
    customer_id, case_id, account_id,
    jsonb_build_object('hold_id', id, 'case_id', case_id, 'account_id', account_id, 'reason', reason, 'scope', scope,
        'subject', subject, 'until_at', until_at)
FROM expired
