-- reads: ledger_statedbalance, ledger_posting
-- grain: one row a component of one account: stated at the latest cut-off, paid and reversed since
WITH latest AS (
    SELECT cut_off_date, cut_off_at
    FROM ledger_statedbalance
    WHERE account_id = %(account_id)s AND cut_off_at <= %(at)s
    ORDER BY cut_off_date DESC
    LIMIT 1
), movement AS (
    SELECT stated.component, stated.currency, stated.amount AS stated, 0 AS paid, 0 AS reversed
    FROM ledger_statedbalance AS stated
    JOIN latest ON latest.cut_off_date = stated.cut_off_date
    WHERE stated.account_id = %(account_id)s
    UNION ALL
    SELECT posting.component, posting.currency, 0,
        CASE WHEN posting.kind = 'payment' THEN posting.amount ELSE 0 END,
        CASE WHEN posting.kind = 'reversal' THEN posting.amount ELSE 0 END
    FROM ledger_posting AS posting
    JOIN latest ON posting.booked_at > latest.cut_off_at
    WHERE posting.account_id = %(account_id)s AND posting.booked_at <= %(at)s
)
SELECT movement.component, movement.currency, sum(movement.stated), sum(movement.paid), sum(movement.reversed),
    (SELECT cut_off_date FROM latest), (SELECT cut_off_at FROM latest)
FROM movement
GROUP BY movement.component, movement.currency
ORDER BY movement.component
