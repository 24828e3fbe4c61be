-- what: how late some accounts of a client are, what of each is owed now and what falls due later
-- grain: one row an account; none where nothing is known of it
-- reads: ledger_lateness_at
SELECT late.account_id, late.dpd, late.dpd_basis, late.overdue_amount, late.stated_dpd, late.computed_dpd,
    late.not_due_amount, late.is_settled, late.has_instalments, late.cut_off_date
FROM ledger_lateness_at(
    %(client_id)s::bigint, %(day)s::date, %(at)s::timestamptz, %(account_ids)s::bigint[]
) AS late
ORDER BY late.account_id
