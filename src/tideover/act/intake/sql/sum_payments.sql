-- what: payments, what was taken back (with its sign) and debits that failed (no money), by currency
-- grain: one row per currency and entry
-- reads: intake_staged_payment
SELECT staged.currency, nullif(staged.entry, 'payment') AS bucket, count(*),
    CASE staged.entry WHEN 'payment' THEN sum(staged.amount) WHEN 'reversal' THEN -sum(staged.amount) ELSE 0 END
FROM intake_staged_payment AS staged
WHERE staged.run_id = %(run_id)s
GROUP BY staged.currency, staged.entry
ORDER BY staged.currency, staged.entry = 'payment' DESC, staged.entry DESC
