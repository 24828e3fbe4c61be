-- what: holds on what a customer says was paid come to their end, since money has come on the account
-- grain: one row per hold that ends
-- reads: given, cases_case, cases_caseaccount
-- writes: cases_hold, cases_daychange
WITH paid AS MATERIALIZED (
    SELECT given.account_id, present.case_id
    FROM given
    LEFT JOIN cases_caseaccount AS present
        ON present.account_id = given.account_id AND present.left_date IS NULL
), standing AS MATERIALIZED (
    SELECT hold.id, hold.case_id, hold.account_id, hold.scope
    FROM cases_hold AS hold
    WHERE hold.reason = 'payment-claimed' AND hold.lifted_at IS NULL
        AND hold.from_at <= %(at)s AND hold.until_at > %(at)s
), claim AS (
    SELECT standing.id, standing.case_id
    FROM standing
    JOIN paid ON paid.account_id = standing.account_id
    UNION
    SELECT standing.id, standing.case_id
    FROM standing
    JOIN paid ON paid.case_id = standing.case_id
    WHERE standing.scope IN ('case', 'person')
), locked AS (
    SELECT cases_case.id, cases_case.client_id
    FROM cases_case
    WHERE cases_case.id IN (SELECT claim.case_id FROM claim)
    ORDER BY cases_case.id
    FOR UPDATE
), ended AS (
    UPDATE cases_hold AS hold
    SET lifted_at = %(at)s, lifted_by = %(lifted_by)s, lift_cause = 'payment-found'
    FROM claim
    JOIN locked ON locked.id = claim.case_id
    WHERE hold.id = claim.id AND hold.lifted_at IS NULL
    RETURNING hold.id, hold.case_id, hold.account_id, hold.customer_id, hold.reason, locked.client_id
)
INSERT INTO cases_daychange (client_id, kind, customer_id, case_id, account_id, body)
SELECT ended.client_id, 'hold-lifted', ended.customer_id, ended.case_id, ended.account_id,
    jsonb_build_object('hold_id', ended.id, 'case_id', ended.case_id, 'account_id', ended.account_id,
        'reason', ended.reason, 'cause', 'payment-found')
FROM ended
ORDER BY ended.id
