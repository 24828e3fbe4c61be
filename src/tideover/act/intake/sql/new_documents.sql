-- what: the documents that a run's good rows name and that no file holds yet, also of accounts that are new
-- grain: one row per account, item and reference
-- reads: intake_staged_document, portfolio_account, filing_document
SELECT DISTINCT staged.number, staged.item, staged.reference
FROM intake_staged_document AS staged
WHERE staged.run_id = %(run_id)s
    AND NOT EXISTS (
        SELECT 1
        FROM portfolio_account AS account
        JOIN filing_document AS known ON known.account_id = account.id
        WHERE account.client_id = %(client_id)s AND account.number = staged.number
            AND known.item = staged.item AND known.reference = staged.reference
    )
