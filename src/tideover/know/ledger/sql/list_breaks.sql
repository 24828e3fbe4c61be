-- what: where what a client states of placed accounts at its latest cut-off is not what we reckon, from a place on; beside
--     each how many there are of every kind
-- grain: one row an account and kind, by kind and currency, the largest difference first; one without an account where
--     there is none
-- reads: ledger_breaks_at, ledger_total_breaks_at, portfolio_account, portfolio_placement
WITH told AS MATERIALIZED (
    SELECT late.account_id, late.kind, late.cut_off_date, late.currency, late.stated, late.reckoned
    FROM ledger_breaks_at(%(client_id)s::bigint, %(day)s::date, %(at)s::timestamptz, NULL) AS late
    UNION ALL
    SELECT total.account_id, total.kind, total.cut_off_date, total.currency, total.stated, total.reckoned
    FROM ledger_total_breaks_at(%(client_id)s::bigint, %(at)s::timestamptz, NULL) AS total
), found AS MATERIALIZED (
    SELECT account.number, told.account_id, told.kind, told.cut_off_date, told.currency, told.stated, told.reckoned,
        coalesce(told.currency, '') AS of_currency, -abs(told.stated - told.reckoned) AS place
    FROM told
    JOIN portfolio_account AS account ON account.id = told.account_id
    WHERE EXISTS (
        SELECT 1 FROM portfolio_placement AS placement
        WHERE placement.account_id = told.account_id
            AND (placement.ended_date IS NULL OR placement.ended_date > told.cut_off_date)
    )
), counted AS (
    SELECT jsonb_object_agg(each.kind, each.count) AS counts
    FROM (SELECT found.kind, count(*) AS count FROM found GROUP BY found.kind) AS each
), page AS (
    SELECT found.*
    FROM found
    WHERE (%(kind)s::text IS NULL OR found.kind = %(kind)s)
        AND (found.kind, found.of_currency, found.place, found.number)
            > (%(after_kind)s, %(after_currency)s, %(after_place)s::numeric, %(after_number)s)
    ORDER BY found.kind, found.of_currency, found.place, found.number
    LIMIT %(limit)s
)
SELECT counted.counts, page.number, page.account_id, page.kind, page.cut_off_date, page.currency, page.stated,
    page.reckoned
FROM counted
LEFT JOIN page ON TRUE
ORDER BY page.kind, page.of_currency, page.place, page.number
