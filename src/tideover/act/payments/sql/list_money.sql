-- what: payments, reversals and failed debits of some clients, the newest first, from a place in the list on
-- grain: one row per entry
-- reads: payments_payment, payments_reversal, payments_faileddebit
WITH line AS (
    SELECT 'payment' AS entry, payment.id, payment.account_id, payment.client_id, payment.amount, payment.currency,
        payment.value_date, payment.booked_at, payment.reference, payment.source, payment.recorded_by,
        NULL::text AS cause, NULL::text AS reverses, NULL::text AS followed,
        reversal.id IS NOT NULL AS is_reversed
    FROM payments_payment AS payment
    LEFT JOIN payments_reversal AS reversal ON reversal.payment_id = payment.id
    UNION ALL
    SELECT 'reversal', reversal.id, reversal.account_id, reversal.client_id, reversal.amount, reversal.currency,
        reversal.value_date, reversal.booked_at, reversal.reference, reversal.source, reversal.recorded_by,
        reversal.cause, payment.reference, reversal.followed, FALSE
    FROM payments_reversal AS reversal
    JOIN payments_payment AS payment ON payment.id = reversal.payment_id
    UNION ALL
    SELECT 'failed-debit', failed.id, failed.account_id, failed.client_id, failed.amount, failed.currency,
        failed.tried_date, failed.booked_at, failed.reference, failed.source, failed.recorded_by,
        failed.cause, NULL, NULL, FALSE
    FROM payments_faileddebit AS failed
)
SELECT line.*
FROM line
WHERE line.client_id = ANY (%(client_ids)s)
    AND (%(entry)s::text IS NULL OR line.entry = %(entry)s)
    AND (%(source)s::text IS NULL OR line.source = %(source)s)
    AND (%(account_ids)s::bigint[] IS NULL OR line.account_id = ANY (%(account_ids)s))
    AND (%(reference)s::text IS NULL OR line.reference = %(reference)s)
    AND (%(from_date)s::date IS NULL OR line.value_date >= %(from_date)s)
    AND (%(until_date)s::date IS NULL OR line.value_date <= %(until_date)s)
    AND (
        %(after_at)s::timestamptz IS NULL
        OR (line.booked_at, line.entry, line.id) < (%(after_at)s, %(after_entry)s, %(after_id)s)
    )
ORDER BY line.booked_at DESC, line.entry DESC, line.id DESC
LIMIT %(latest)s
