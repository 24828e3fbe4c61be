-- what: payments, reversals and failed debits of some clients, the newest first, from a place in the list on
-- grain: one row per entry
-- reads: payments_payment, payments_reversal, payments_faileddebit
-- Each kind gives no more than a page needs, so that the list stays quick however much has come in.
WITH line AS (
    (
        SELECT 'payment' AS entry, payment.id, payment.account_id, payment.client_id, payment.amount,
            payment.currency, payment.value_date AS value_date, payment.booked_at, payment.reference, payment.source,
            payment.recorded_by, NULL::text AS cause, NULL::text AS reverses, NULL::text AS followed,
            reversal.id IS NOT NULL AS is_reversed
        FROM payments_payment AS payment
        LEFT JOIN payments_reversal AS reversal ON reversal.payment_id = payment.id
        WHERE payment.client_id = ANY (%(client_ids)s)
            AND (%(entry)s::text IS NULL OR %(entry)s = 'payment')
            AND (%(source)s::text IS NULL OR payment.source = %(source)s)
            AND (%(account_ids)s::bigint[] IS NULL OR payment.account_id = ANY (%(account_ids)s))
            AND (%(reference)s::text IS NULL OR payment.reference = %(reference)s)
            AND (%(from_date)s::date IS NULL OR payment.value_date >= %(from_date)s)
            AND (%(until_date)s::date IS NULL OR payment.value_date <= %(until_date)s)
            AND (
                %(after_at)s::timestamptz IS NULL
                OR (payment.booked_at, 'payment', payment.id) < (%(after_at)s, %(after_entry)s, %(after_id)s)
            )
        ORDER BY payment.booked_at DESC, payment.id DESC
        LIMIT %(latest)s
    )
    UNION ALL
    (
        SELECT 'reversal' AS entry, reversal.id, reversal.account_id, reversal.client_id, reversal.amount,
            reversal.currency, reversal.value_date AS value_date, reversal.booked_at, reversal.reference, reversal.source,
            reversal.recorded_by, reversal.cause AS cause, payment.reference AS reverses, reversal.followed AS followed,
            FALSE AS is_reversed
        FROM payments_reversal AS reversal
        JOIN payments_payment AS payment ON payment.id = reversal.payment_id
        WHERE reversal.client_id = ANY (%(client_ids)s)
            AND (%(entry)s::text IS NULL OR %(entry)s = 'reversal')
            AND (%(source)s::text IS NULL OR reversal.source = %(source)s)
            AND (%(account_ids)s::bigint[] IS NULL OR reversal.account_id = ANY (%(account_ids)s))
            AND (%(reference)s::text IS NULL OR reversal.reference = %(reference)s)
            AND (%(from_date)s::date IS NULL OR reversal.value_date >= %(from_date)s)
            AND (%(until_date)s::date IS NULL OR reversal.value_date <= %(until_date)s)
            AND (
                %(after_at)s::timestamptz IS NULL
                OR (reversal.booked_at, 'reversal', reversal.id) < (%(after_at)s, %(after_entry)s, %(after_id)s)
            )
        ORDER BY reversal.booked_at DESC, reversal.id DESC
        LIMIT %(latest)s
    )
    UNION ALL
    (
        SELECT 'failed-debit' AS entry, failed.id, failed.account_id, failed.client_id, failed.amount,
            failed.currency, failed.tried_date AS value_date, failed.booked_at, failed.reference, failed.source,
            failed.recorded_by, failed.cause AS cause, NULL AS reverses, NULL AS followed,
            FALSE AS is_reversed
        FROM payments_faileddebit AS failed
        WHERE failed.client_id = ANY (%(client_ids)s)
            AND (%(entry)s::text IS NULL OR %(entry)s = 'failed-debit')
            AND (%(source)s::text IS NULL OR failed.source = %(source)s)
            AND (%(account_ids)s::bigint[] IS NULL OR failed.account_id = ANY (%(account_ids)s))
            AND (%(reference)s::text IS NULL OR failed.reference = %(reference)s)
            AND (%(from_date)s::date IS NULL OR failed.tried_date >= %(from_date)s)
            AND (%(until_date)s::date IS NULL OR failed.tried_date <= %(until_date)s)
            AND (
                %(after_at)s::timestamptz IS NULL
                OR (failed.booked_at, 'failed-debit', failed.id) < (%(after_at)s, %(after_entry)s, %(after_id)s)
            )
        ORDER BY failed.booked_at DESC, failed.id DESC
        LIMIT %(latest)s
    )
)
SELECT line.*
FROM line
ORDER BY line.booked_at DESC, line.entry DESC, line.id DESC
LIMIT %(latest)s
