-- reads: given
-- writes: filing_document
-- grain: one row a document that the account's file did not hold
INSERT INTO filing_document (
    account_id, client_id, item, reference, digest, document_date, source, filed_at, filed_by, fact_id
)
SELECT given.account_id, %(client_id)s, given.item, given.reference, given.digest, given.document_date, 'client-file',
    %(at)s, %(actor)s, %(fact_id)s
FROM given
ORDER BY given.account_id, given.item
ON CONFLICT (account_id, item, reference) DO NOTHING
