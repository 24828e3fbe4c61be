-- what: the accounts of which payments were just taken back
-- grain: one row per account
-- reads: payments_reversal
SELECT DISTINCT reversal.account_id
FROM payments_reversal AS reversal
WHERE reversal.fact_id = %(reversal_fact_id)s
