-- A case's accounts fold into one work item: of those that may be worked and are not struck out, the one that is
-- furthest up the ladder leads; then the longest past due, then the lowest account id. A case that nobody can reach
-- is nobody's work: it is in the file so that the lender is asked, and takes no place on any list. Every item of the
-- day has its turn in one order, whoever has the case and whoever lends: what it is about (a call-back first), each
-- $rises days without an attempt one rank higher, then the time that was agreed, the nearest deadline, the earlier
-- stage, the larger amount (by tenths within a currency, since currencies are never compared), and last a lot.
-- engine: duckdb
-- grain: case
-- reads: client, account_day, proposals, struck, ladder
WITH workable AS (
    SELECT
        client.client_id, client.ends_at,
        account.case_id, account.account_id, account.customer_id, account.collector_id AS owner_id,
        account.language, account.product, account.stage, ladder.position AS stage_position,
        ladder.owner AS stage_owner, account.dpd, account.owed_amount, account.currency,
        account.call_back_at, account.promise_broken, account.promise_due_date,
        account.stage_late, account.stage_deadline_date, account.collector_complained_of,
        greatest(0, coalesce(least(account.stage_age_days, account.last_attempt_days_ago), 0)) AS waited_days,
        proposal.step, proposal.action, proposal.channel,
        coalesce(proposal.skill, ladder.skill) AS skill,
        proposal.strategy_id, proposal.strategy_version
    FROM account_day AS account
    JOIN client ON client.client_id = account.client_id
    JOIN proposals AS proposal ON proposal.account_id = account.account_id
    JOIN ladder ON ladder.client_id = account.client_id AND ladder.product = account.product
        AND ladder.stage = account.stage
    LEFT JOIN struck ON struck.account_id = account.account_id
    WHERE account.case_id IS NOT NULL
        AND struck.account_id IS NULL
        AND proposal.action IN ('contact', 'review', 'find-contact-point')
), placed AS (
    SELECT *, row_number() OVER (
        PARTITION BY case_id
        ORDER BY action = 'find-contact-point', stage_position DESC, dpd DESC, account_id
    ) AS place
    FROM workable
), gathered AS (
    SELECT
        case_id,
        min(call_back_at) AS call_back_at,
        bool_or(coalesce(promise_broken, FALSE)) AS promise_broken,
        min(promise_due_date) AS promise_due_date,
        bool_or(coalesce(stage_late, FALSE)) AS stage_late,
        min(stage_deadline_date) AS stage_deadline_date,
        max(waited_days) AS waited_days,
        bool_or(collector_complained_of) AS keeps_off
    FROM workable GROUP BY case_id
), weighed AS (
    SELECT
        placed.client_id, placed.case_id, placed.account_id AS lead_account_id, placed.owner_id, placed.language, placed.stage,
        placed.stage_position, placed.stage_owner, placed.step, placed.action, placed.channel, placed.skill,
        placed.strategy_id, placed.strategy_version, placed.owed_amount, placed.currency,
        CASE WHEN gathered.call_back_at < placed.ends_at THEN gathered.call_back_at END AS due_at,
        gathered.stage_deadline_date, gathered.keeps_off,
        CASE
            WHEN gathered.call_back_at < placed.ends_at THEN 1
            WHEN gathered.promise_broken THEN 2
            WHEN gathered.promise_due_date <= $day THEN 3
            WHEN gathered.stage_late THEN 4
            WHEN gathered.stage_deadline_date IS NOT NULL THEN 5
            ELSE 6
        END AS urgency,
        gathered.waited_days // $rises AS ranks_risen,
        ntile(10) OVER (
            PARTITION BY placed.currency ORDER BY placed.owed_amount DESC, md5(placed.case_id || $salt)
        ) AS amount_tenth,
        md5(placed.case_id || $salt) AS lot
    FROM placed JOIN gathered ON gathered.case_id = placed.case_id
    WHERE placed.place = 1
)
SELECT
    client_id, case_id, lead_account_id, owner_id, language, stage, stage_owner, step, action, channel, skill, strategy_id,
    strategy_version, owed_amount, currency, due_at,
    CASE
        WHEN urgency >= 5 AND ranks_risen > 0 THEN 'waited'
        WHEN urgency = 1 THEN 'call-back'
        WHEN urgency = 2 THEN 'promise-broken'
        WHEN urgency = 3 THEN 'promise-due'
        WHEN urgency = 4 THEN 'stage-late'
        WHEN urgency = 5 THEN 'stage-deadline'
        ELSE 'amount'
    END AS order_reason,
    urgency <= 3 AS needs_cover, keeps_off,
    row_number() OVER (
        ORDER BY urgency - ranks_risen, urgency, due_at NULLS LAST, stage_deadline_date NULLS LAST, stage_position,
            amount_tenth, lot
    ) AS turn
FROM weighed
