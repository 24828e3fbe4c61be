-- what: the decision about every account of the day: its step and reason, what struck it out, and who does it when
-- engine: duckdb
-- grain: one row per account
-- reads: account_day, proposals, struck, assigned
SELECT
    account.account_id, account.customer_id, account.case_id, account.currency, account.owed_amount, account.stage,
    proposal.step, proposal.strategy_id, proposal.strategy_version, proposal.action, proposal.channel,
    proposal.detail, proposal.reason_code,
    struck.clause AS struck_clause,
    coalesce(work.lead_account_id = account.account_id, FALSE) AS leads,
    work.skill, work.collector_id, work.cover_for_id, work.assigned_cause, work.uncovered_cause, work.position,
    work.order_reason, work.due_at
FROM account_day AS account
LEFT JOIN proposals AS proposal ON proposal.account_id = account.account_id
LEFT JOIN struck ON struck.account_id = account.account_id
LEFT JOIN assigned AS work ON work.case_id = account.case_id
ORDER BY account.account_id
