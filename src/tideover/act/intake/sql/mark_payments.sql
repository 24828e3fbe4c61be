-- what: whether each payment is new or posted already
-- grain: one row per good record
-- reads: intake_staged_payment, payments_payment
-- writes: intake_staged_state
INSERT INTO intake_staged_state (run_id, record, state)
SELECT %(run_id)s, staged.record, CASE WHEN payment.id IS NULL THEN 'new' ELSE 'same' END
FROM intake_staged_payment AS staged
LEFT JOIN payments_payment AS payment
    ON payment.client_id = %(client_id)s AND payment.reference = staged.reference
WHERE staged.run_id = %(run_id)s
