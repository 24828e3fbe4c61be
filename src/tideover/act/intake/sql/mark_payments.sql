-- what: whether each payment, reversal or failed debit is new or entered already
-- grain: one row per good record
-- reads: intake_staged_payment, payments_payment, payments_reversal, payments_faileddebit
-- writes: intake_staged_state
INSERT INTO intake_staged_state (run_id, record, state)
SELECT %(run_id)s, staged.record,
    CASE
        WHEN staged.entry = 'payment' AND payment.id IS NULL THEN 'new'
        WHEN staged.entry = 'reversal' AND reversal.id IS NULL THEN 'new'
        WHEN staged.entry = 'failed-debit' AND debit.id IS NULL THEN 'new'
        ELSE 'same'
    END
FROM intake_staged_payment AS staged
LEFT JOIN payments_payment AS payment
    ON payment.client_id = %(client_id)s AND payment.reference = staged.reference
LEFT JOIN payments_reversal AS reversal
    ON reversal.client_id = %(client_id)s AND reversal.reference = staged.reference
LEFT JOIN payments_faileddebit AS debit
    ON debit.client_id = %(client_id)s AND debit.reference = staged.reference
WHERE staged.run_id = %(run_id)s
