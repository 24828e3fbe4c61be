-- what: documents of a run's accounts, by their reference
-- grain: one row per account, item and reference
-- reads: intake_staged_document, portfolio_account
SELECT DISTINCT ON (account.id, staged.item, staged.reference)
    account.id AS account_id, staged.item, staged.reference, staged.digest, staged.document_date
FROM intake_staged_document AS staged
JOIN portfolio_account AS account ON account.client_id = %(client_id)s AND account.number = staged.number
WHERE staged.run_id = %(run_id)s
ORDER BY account.id, staged.item, staged.reference, staged.digest NULLS LAST
