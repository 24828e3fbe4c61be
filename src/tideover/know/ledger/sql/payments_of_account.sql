-- reads: ledger_posting
-- grain: one row a payment on one account, with whether it was reversed
SELECT paid.reference, paid.currency, -sum(paid.amount), paid.value_date, paid.value_date_basis, paid.booked_at,
    paid.source, bool_or(reversal.id IS NOT NULL)
FROM ledger_posting AS paid
LEFT JOIN ledger_posting AS reversal ON reversal.reverses_id = paid.id AND reversal.booked_at <= %(at)s
WHERE paid.account_id = %(account_id)s AND paid.kind = 'payment' AND paid.booked_at <= %(at)s
GROUP BY paid.reference, paid.currency, paid.value_date, paid.value_date_basis, paid.booked_at, paid.source
ORDER BY paid.value_date DESC, paid.booked_at DESC, paid.reference
