-- reads: given, portfolio_instalment, portfolio_instalmentstanding
-- writes: portfolio_instalmentstanding
-- grain: one row an instalment of which another amount is paid than the latest cut-off before said; none: nothing
INSERT INTO portfolio_instalmentstanding (instalment_id, cut_off_date, paid_amount, paid_date, import_id)
SELECT instalment.id, %(cut_off_date)s::date, given.paid_amount, given.paid_date, %(import_id)s
FROM given
JOIN portfolio_instalment AS instalment
    ON instalment.account_id = given.account_id AND instalment.number = given.number
LEFT JOIN LATERAL (
    SELECT standing.paid_amount, standing.paid_date
    FROM portfolio_instalmentstanding AS standing
    WHERE standing.instalment_id = instalment.id AND standing.cut_off_date <= %(cut_off_date)s::date
    ORDER BY standing.cut_off_date DESC
    LIMIT 1
) AS before ON TRUE
WHERE given.paid_amount <> coalesce(before.paid_amount, 0)
    OR given.paid_date IS DISTINCT FROM before.paid_date
ORDER BY instalment.id
ON CONFLICT (instalment_id, cut_off_date) DO NOTHING
