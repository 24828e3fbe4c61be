-- what: the given reversals that are not known yet, each with the payment that it takes back
-- grain: one row per reversal
-- reads: given, payments_payment, payments_reversal
-- writes: payments_reversal
INSERT INTO payments_reversal (payment_id, account_id, client_id, amount, currency, value_date, booked_at, reference,
    cause, source, import_id, recorded_by, fact_id)
SELECT DISTINCT ON (payment.id) payment.id, payment.account_id, payment.client_id, payment.amount, payment.currency,
    given.value_date, given.booked_at, given.reference,
    CASE WHEN given.cause = ANY (%(causes)s) THEN given.cause ELSE %(default_cause)s END,
    %(source)s, given.import_id, %(recorded_by)s, %(fact_id)s
FROM given
JOIN payments_payment AS payment ON payment.client_id = given.client_id AND payment.reference = given.reverses
WHERE NOT EXISTS (SELECT 1 FROM payments_reversal AS known WHERE known.payment_id = payment.id)
ORDER BY payment.id, given.reference
