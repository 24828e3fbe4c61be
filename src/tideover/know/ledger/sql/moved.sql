-- reads: ledger_posting, journal_fact
-- grain: one row per account on which something was put on record since the instant, whenever the lender booked it
SELECT DISTINCT posting.account_id
FROM ledger_posting AS posting
JOIN journal_fact AS fact ON fact.id = posting.fact_id
WHERE posting.account_id = ANY(%(account_ids)s) AND fact.at > %(since)s
