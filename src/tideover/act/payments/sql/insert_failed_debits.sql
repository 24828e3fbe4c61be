-- what: the given failed debits that are not known yet
-- grain: one row per failed debit
-- reads: given
-- writes: payments_faileddebit
INSERT INTO payments_faileddebit (account_id, client_id, amount, currency, tried_date, booked_at, reference, cause,
    source, import_id, recorded_by, fact_id)
SELECT given.account_id, given.client_id, given.amount, given.currency, given.value_date, given.booked_at,
    given.reference, CASE WHEN given.cause = ANY (%(causes)s) THEN given.cause ELSE %(default_cause)s END,
    %(source)s, given.import_id, %(recorded_by)s, %(fact_id)s
FROM given
ORDER BY given.account_id, given.value_date, given.reference
ON CONFLICT (client_id, reference) DO NOTHING
