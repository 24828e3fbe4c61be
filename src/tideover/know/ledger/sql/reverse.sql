-- reads: given, ledger_posting
-- writes: ledger_posting
-- grain: one row a component of each payment that is reversed; one that was reversed before stays as it is
INSERT INTO ledger_posting
    (account_id, component, amount, currency, kind, source, value_date, value_date_basis, booked_at, reference,
     reverses_id, fact_id)
SELECT paid.account_id, paid.component, -paid.amount, paid.currency, 'reversal', paid.source,
    given.value_date, 'day', given.booked_at, paid.reference, paid.id, %(fact_id)s
FROM given
JOIN ledger_posting AS paid ON paid.account_id = given.account_id
    AND paid.source = given.source
    AND paid.reference = given.reference
    AND paid.kind = 'payment'
WHERE NOT EXISTS (SELECT 1 FROM ledger_posting AS reversal WHERE reversal.reverses_id = paid.id)
ORDER BY paid.id
