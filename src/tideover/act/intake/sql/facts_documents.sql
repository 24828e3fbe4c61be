-- what: which documents a file names of each borrower's accounts that their files did not hold before
-- grain: one row per borrower
-- reads: intake_staged_document, portfolio_account, portfolio_party, filing_document
SELECT party.customer_id, jsonb_build_object(
    'import_id', %(import_id)s::bigint,
    'count', count(*),
    'documents', jsonb_agg(
        jsonb_build_object('account_id', account.id, 'item', staged.item, 'has_digest', staged.digest IS NOT NULL)
        ORDER BY account.id, staged.item, staged.reference))
FROM intake_staged_document AS staged
JOIN portfolio_account AS account ON account.client_id = %(client_id)s AND account.number = staged.number
JOIN portfolio_party AS party ON party.account_id = account.id AND party.role = 'borrower'
WHERE staged.run_id = %(run_id)s
    AND NOT EXISTS (
        SELECT 1 FROM filing_document AS known
        WHERE known.account_id = account.id AND known.item = staged.item AND known.reference = staged.reference
    )
GROUP BY party.customer_id
