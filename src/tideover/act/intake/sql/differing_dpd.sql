-- what: accounts whose days late are stated otherwise than they follow from the file's own instalments or, where it
--     has none, from our books at the cut-off; a class out of a code is not compared
-- grain: one row per account, the largest difference first
-- reads: intake_staged_account, intake_staged_instalment, portfolio_account, ledger_terms_on, ledger_standing_on
WITH item AS (
    SELECT staged.record, staged.due_date, coalesce(terms.tail_amount, 0) AS tail,
        sum(greatest(
            staged.principal_amount + staged.interest_amount + staged.fee_amount - staged.paid_amount, 0
        )) OVER (PARTITION BY staged.record ORDER BY staged.due_date, staged.instalment_number) AS left_through
    FROM intake_staged_instalment AS staged
    JOIN intake_staged_account AS account ON account.run_id = staged.run_id AND account.record = staged.record
    LEFT JOIN ledger_terms_on(%(cut_off_date)s) AS terms
        ON terms.product = account.product AND terms.currency = account.currency
    WHERE staged.run_id = %(run_id)s AND staged.due_date <= %(cut_off_date)s
), scheduled AS (
    SELECT item.record, coalesce(%(cut_off_date)s - min(item.due_date) FILTER (
        WHERE item.left_through > item.tail AND item.due_date < %(cut_off_date)s
    ), 0) AS dpd
    FROM item
    GROUP BY item.record
), compared AS (
    SELECT staged.number, staged.dpd AS stated_dpd, coalesce(scheduled.dpd, standing.dpd) AS our_dpd
    FROM intake_staged_account AS staged
    LEFT JOIN scheduled ON scheduled.record = staged.record
    LEFT JOIN portfolio_account AS account
        ON account.client_id = %(client_id)s AND account.number = staged.number
    LEFT JOIN ledger_standing_on(%(client_id)s, %(cut_off_date)s, %(cut_off_at)s) AS standing
        ON standing.account_id = account.id AND scheduled.record IS NULL
    WHERE staged.run_id = %(run_id)s AND staged.dpd_basis = 'stated'
)
SELECT compared.number, compared.stated_dpd::text, compared.our_dpd::text, count(*) OVER ()
FROM compared
WHERE compared.stated_dpd <> compared.our_dpd
ORDER BY abs(compared.stated_dpd - compared.our_dpd) DESC, compared.number
LIMIT 20
