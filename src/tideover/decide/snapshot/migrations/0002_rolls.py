"""What came of the client's accounts on the same path: instalments unpaid at the last three months' ends."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION snapshot_rolls_on(client_id bigint, day date)
RETURNS TABLE (
    account_id bigint, unpaid_count integer, roll_path varchar, roll_accounts_count integer, roll_share numeric
)
LANGUAGE sql STABLE AS $$
    WITH latest AS (
        SELECT DISTINCT ON (standing.instalment_id)
            standing.instalment_id, standing.paid_amount, coalesce(standing.paid_date, standing.cut_off_date) AS paid_on
        FROM portfolio_instalmentstanding AS standing
        WHERE standing.cut_off_date <= $2
        ORDER BY standing.instalment_id, standing.cut_off_date DESC
    ), settled AS (
        SELECT instalment.account_id, instalment.due_date,
            CASE WHEN latest.paid_amount >=
                instalment.principal_amount + instalment.interest_amount + instalment.fee_amount
                THEN latest.paid_on END AS paid_on
        FROM portfolio_instalment AS instalment
        JOIN portfolio_account AS account ON account.id = instalment.account_id
        LEFT JOIN latest ON latest.instalment_id = instalment.id
        WHERE account.client_id = $1 AND instalment.due_date < $2
    ), unpaid AS (
        SELECT settled.account_id, min(settled.due_date) AS first_due_date,
            count(*) FILTER (WHERE coalesce(settled.paid_on, $2 + 1) > $2) AS all_now,
            least(4, count(*) FILTER (WHERE coalesce(settled.paid_on, $2 + 1) > $2)) AS now,
            least(4, count(*) FILTER (WHERE settled.due_date < $2 - 30 AND coalesce(settled.paid_on, $2) > $2 - 30))
                AS month_ago,
            least(4, count(*) FILTER (WHERE settled.due_date < $2 - 60 AND coalesce(settled.paid_on, $2) > $2 - 60))
                AS months_ago_2,
            least(4, count(*) FILTER (WHERE settled.due_date < $2 - 90 AND coalesce(settled.paid_on, $2) > $2 - 90))
                AS months_ago_3
        FROM settled
        GROUP BY settled.account_id
    ), came_of AS (
        SELECT concat_ws('-', unpaid.months_ago_3, unpaid.months_ago_2, unpaid.month_ago) AS path,
            count(*)::integer AS accounts_count,
            round(avg(CASE WHEN unpaid.now > unpaid.month_ago THEN 1 ELSE 0 END), 4) AS share
        FROM unpaid
        WHERE unpaid.first_due_date < $2 - 90
        GROUP BY 1
    ), on_path AS (
        SELECT unpaid.account_id, unpaid.all_now,
            CASE WHEN unpaid.first_due_date < $2 - 60
                THEN concat_ws('-', unpaid.months_ago_2, unpaid.month_ago, unpaid.now) END AS path
        FROM unpaid
    )
    SELECT on_path.account_id, on_path.all_now::integer, on_path.path::varchar, coalesce(came_of.accounts_count, 0),
        came_of.share
    FROM on_path
    LEFT JOIN came_of ON came_of.path = on_path.path
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("snapshot", "0001_initial"), ("portfolio", "0003_instalments_and_terms")]
    operations = [migrations.RunSQL(FORWARDS, "DROP FUNCTION snapshot_rolls_on(bigint, date)")]
