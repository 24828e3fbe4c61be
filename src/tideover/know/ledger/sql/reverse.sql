-- reads: ledger_posting
-- writes: ledger_posting
-- grain: one row a component of the payment that is reversed
INSERT INTO ledger_posting
    (account_id, component, amount, currency, kind, source, value_date, value_date_basis, booked_at, reference,
     reverses_id, fact_id)
SELECT paid.account_id, paid.component, -paid.amount, paid.currency, 'reversal', paid.source,
    %(value_date)s::date, 'day', %(at)s, paid.reference, paid.id, %(fact_id)s
FROM ledger_posting AS paid
WHERE paid.account_id = %(account_id)s
    AND paid.source = %(source)s
    AND paid.reference = %(reference)s
    AND paid.kind = 'payment'
    AND NOT EXISTS (SELECT 1 FROM ledger_posting AS reversal WHERE reversal.reverses_id = paid.id)
ORDER BY paid.id
