-- what: the given payments whose reference the client has not used yet
-- grain: one row per payment
-- reads: given
-- writes: payments_payment
INSERT INTO payments_payment (account_id, client_id, amount, currency, value_date, booked_at, reference, source,
    import_id, recorded_by, fact_id)
SELECT given.account_id, given.client_id, given.amount, given.currency, given.value_date, given.booked_at,
    given.reference, %(source)s, given.import_id, %(recorded_by)s, %(fact_id)s
FROM given
ORDER BY given.account_id, given.value_date, given.reference
ON CONFLICT (client_id, reference) DO NOTHING
