-- what: of the talks with customers within one stay on a stage, how many were held by the collector who held most of
--       them: stays with at least two talks, over the last days
-- grain: one row per stage
-- reads: outcomes_outcome, cases_caseaccount, cases_stagemove, in_scope
-- in_scope is the relation of cases: those that whoever asks may see.
WITH talk AS (
    SELECT stay.id AS stay_id, stay.stage_to AS stage, outcome.user_id
    FROM outcomes_outcome AS outcome
    JOIN cases_caseaccount AS present
        ON present.case_id = outcome.case_id AND present.account_id = outcome.account_id
    JOIN LATERAL (
        SELECT move.id, move.stage_to FROM cases_stagemove AS move
        WHERE move.case_account_id = present.id AND move.day <= outcome.local_date
        ORDER BY move.day DESC, move.id DESC LIMIT 1
    ) AS stay ON TRUE
    WHERE outcome.client_id = ANY (%(of_clients)s) AND outcome.spoke_to = 'customer' AND outcome.user_id IS NOT NULL
        AND outcome.local_date > %(day)s - %(days)s
        AND outcome.case_id IN (SELECT seen.id FROM in_scope AS seen)
), held AS (
    SELECT talk.stage, talk.stay_id, talk.user_id, count(*) AS talks_count
    FROM talk GROUP BY talk.stage, talk.stay_id, talk.user_id
), stayed AS (
    SELECT held.stage, held.stay_id, sum(held.talks_count) AS talks_count, max(held.talks_count) AS by_one_count
    FROM held GROUP BY held.stage, held.stay_id
)
SELECT stayed.stage, CAST(sum(stayed.talks_count) AS bigint), CAST(sum(stayed.by_one_count) AS bigint)
FROM stayed WHERE stayed.talks_count >= 2
GROUP BY stayed.stage
