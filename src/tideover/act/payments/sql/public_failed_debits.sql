-- what: direct debits that the customer's bank did not honour, for decisions and reports
-- grain: one row per failed debit
-- reads: payments_faileddebit
SELECT failed.id AS failed_debit_id, failed.client_id, failed.account_id, failed.amount, failed.currency,
    failed.tried_date, failed.booked_at, failed.cause
FROM payments_faileddebit AS failed
