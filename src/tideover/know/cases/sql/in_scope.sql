-- what: the cases that somebody may see: all of their clients' cases, or as a team's leader those that are the
--       team's: its own collectors', and those whose collector is in no team that may work for the client
-- grain: one row per case
-- reads: cases_case, staff_membership, staff_clientgrant
SELECT mine.id
FROM cases_case AS mine
WHERE %(sees_all)s OR (
    mine.client_id = ANY (CAST(%(client_ids)s AS bigint[]))
    AND (
        %(by_client)s
        OR NOT EXISTS (
            SELECT 1
            FROM staff_membership AS member
            JOIN staff_clientgrant AS granted
                ON granted.team_id = member.team_id AND granted.client_id = mine.client_id
            WHERE member.user_id = mine.collector_id
                AND member.team_id <> ALL (CAST(%(team_ids)s AS bigint[]))
        )
    )
)
