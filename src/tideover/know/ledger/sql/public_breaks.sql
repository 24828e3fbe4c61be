-- what: where what a lender states at its latest cut-off is not what we reckon: days late, overdue amount, total
-- grain: one row an account and kind
-- reads: ledger_latest_breaks
SELECT found.client_id, found.account_id, found.account_number, found.kind, found.cut_off_date, found.currency,
    found.stated, found.reckoned
FROM ledger_latest_breaks() AS found
