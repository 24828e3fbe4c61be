-- what: the payments that were just taken back, as the ledger knows them
-- grain: one row per payment
-- reads: payments_reversal, payments_payment
SELECT payment.account_id, payment.source, payment.reference, reversal.value_date, reversal.booked_at
FROM payments_reversal AS reversal
JOIN payments_payment AS payment ON payment.id = reversal.payment_id
WHERE reversal.fact_id = %(reversal_fact_id)s
