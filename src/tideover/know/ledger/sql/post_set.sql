-- reads: given
-- writes: ledger_posting
-- grain: one row a payment and component; a reference that the account has from this source stays as it is
INSERT INTO ledger_posting
    (account_id, component, amount, currency, kind, source, value_date, value_date_basis, booked_at, reference,
     reverses_id, fact_id)
SELECT given.account_id, given.component, -given.amount, given.currency, 'payment', %(source)s, given.value_date,
    %(value_date_basis)s, given.booked_at, given.reference, NULL::bigint, %(fact_id)s
FROM given
ORDER BY given.account_id, given.booked_at
ON CONFLICT (account_id, source, reference, component, kind) DO NOTHING
