-- what: rows of a placement file that do not agree with what is known already, each with one thing that is wrong
-- grain: one row per record and problem
-- reads: intake_staged_account, intake_staged_balance, intake_staged_instalment, portfolio_account, portfolio_instalment, portfolio_instalmentcutoff, portfolio_instalmentstanding, portfolio_party, portfolio_standing, customers_customer, ledger_statedbalance, intake_staged_document, filing_document
WITH known AS (
    SELECT staged.record, staged.number, staged.currency, staged.product, staged.reference, staged.dpd,
        account.id AS account_id, account.currency AS known_currency, account.product AS known_product
    FROM intake_staged_account AS staged
    JOIN portfolio_account AS account ON account.client_id = %(client_id)s AND account.number = staged.number
    WHERE staged.run_id = %(run_id)s
), stated AS (
    SELECT balance.account_id, balance.cut_off_date,
        string_agg(concat(balance.component, '=', balance.amount), ' ' ORDER BY balance.component) AS parts
    FROM ledger_statedbalance AS balance
    WHERE balance.cut_off_date >= %(cut_off_date)s AND balance.account_id IN (SELECT known.account_id FROM known)
    GROUP BY balance.account_id, balance.cut_off_date
), given AS (
    SELECT staged.record,
        string_agg(concat(staged.component, '=', staged.amount), ' ' ORDER BY staged.component) AS parts
    FROM intake_staged_balance AS staged
    WHERE staged.run_id = %(run_id)s
    GROUP BY staged.record
)
SELECT known.record, 'currency-changed' AS code, 'currency' AS field, known.currency AS value,
    known.known_currency AS told
FROM known
WHERE known.currency <> known.known_currency
UNION ALL
SELECT known.record, 'product-changed', 'product', known.product, known.known_product
FROM known
WHERE known.product <> known.known_product
UNION ALL
SELECT known.record, 'borrower-changed', 'customer_number', known.reference, '–'
FROM known
JOIN portfolio_party AS party ON party.account_id = known.account_id AND party.role = 'borrower'
JOIN customers_customer AS customer ON customer.id = party.customer_id
WHERE customer.reference <> known.reference
UNION ALL
SELECT known.record, 'cut-off-passed', 'account_number', known.number, max(stated.cut_off_date)::text
FROM known
JOIN stated ON stated.account_id = known.account_id AND stated.cut_off_date > %(cut_off_date)s
GROUP BY known.record, known.number
UNION ALL
SELECT known.record, 'stated-otherwise', 'account_number', known.number, stated.cut_off_date::text
FROM known
JOIN stated ON stated.account_id = known.account_id AND stated.cut_off_date = %(cut_off_date)s
JOIN given ON given.record = known.record
LEFT JOIN portfolio_standing AS standing
    ON standing.account_id = known.account_id AND standing.cut_off_date = %(cut_off_date)s
WHERE given.parts <> stated.parts OR standing.dpd <> known.dpd
UNION
SELECT known.record, 'stated-otherwise', 'account_number', known.number, told.cut_off_date::text
FROM known
JOIN portfolio_instalmentcutoff AS told
    ON told.account_id = known.account_id AND told.cut_off_date = %(cut_off_date)s
JOIN intake_staged_instalment AS staged ON staged.run_id = %(run_id)s AND staged.record = known.record
JOIN portfolio_instalment AS instalment
    ON instalment.account_id = known.account_id AND instalment.number = staged.instalment_number
LEFT JOIN LATERAL (
    SELECT standing.paid_amount
    FROM portfolio_instalmentstanding AS standing
    WHERE standing.instalment_id = instalment.id AND standing.cut_off_date <= %(cut_off_date)s
    ORDER BY standing.cut_off_date DESC
    LIMIT 1
) AS latest ON TRUE
WHERE staged.paid_amount <> coalesce(latest.paid_amount, 0)
UNION
SELECT known.record, 'document-differs', coalesce(%(document_fields)s::jsonb ->> staged.item, staged.item),
    staged.reference, concat(left(filed.digest, 12), '…')
FROM known
JOIN intake_staged_document AS staged ON staged.run_id = %(run_id)s AND staged.record = known.record
JOIN filing_document AS filed ON filed.account_id = known.account_id
    AND filed.item = staged.item AND filed.reference = staged.reference
WHERE filed.digest <> staged.digest
