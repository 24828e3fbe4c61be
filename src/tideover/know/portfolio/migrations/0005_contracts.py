"""A customer's contracts and how each was paid, as the client says it: for a case's page and for the snapshot."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION portfolio_contracts_on(client_id bigint, day date, only_customer bigint, unplaced_only boolean)
RETURNS TABLE (
    account_id bigint, customer_id bigint, role varchar, is_placed boolean, is_finished boolean,
    instalments_count bigint, paid_count bigint, paid_late_count bigint, unpaid_count bigint, last_paid_date date,
    longest_late_days integer
)
LANGUAGE sql STABLE AS $$
    WITH contract AS (
        SELECT account.id, party.customer_id, party.role, EXISTS (
                SELECT 1 FROM portfolio_placement AS placement WHERE placement.account_id = account.id
            ) AS is_placed
        FROM portfolio_party AS party
        JOIN portfolio_account AS account ON account.id = party.account_id
        WHERE account.client_id = $1 AND party.role <> 'guarantor' AND ($3 IS NULL OR party.customer_id = $3)
            AND (NOT $4 OR NOT EXISTS (
                SELECT 1 FROM portfolio_placement AS placement WHERE placement.account_id = account.id
            ))
    ), told AS (
        SELECT DISTINCT ON (known.instalment_id) known.instalment_id, known.paid_amount, known.paid_date
        FROM contract
        JOIN portfolio_instalment AS instalment ON instalment.account_id = contract.id
        JOIN portfolio_instalmentstanding AS known ON known.instalment_id = instalment.id AND known.cut_off_date <= $2
        ORDER BY known.instalment_id, known.cut_off_date DESC
    ), item AS (
        SELECT contract.id AS account_id, contract.customer_id, instalment.due_date, told.paid_amount, told.paid_date,
            coalesce(told.paid_amount, 0)
                >= instalment.principal_amount + instalment.interest_amount + instalment.fee_amount AS is_paid
        FROM contract
        JOIN portfolio_instalment AS instalment ON instalment.account_id = contract.id
        LEFT JOIN told ON told.instalment_id = instalment.id
    ), record AS (
        SELECT item.account_id, item.customer_id, count(*) AS instalments_count,
            count(*) FILTER (WHERE item.is_paid) AS paid_count,
            count(*) FILTER (WHERE item.is_paid AND item.paid_date > item.due_date) AS paid_late_count,
            count(*) FILTER (WHERE NOT item.is_paid AND item.due_date < $2) AS unpaid_count,
            max(item.paid_date) AS last_paid_date,
            max(CASE
                WHEN item.is_paid THEN greatest(coalesce(item.paid_date - item.due_date, 0), 0)
                ELSE greatest($2 - item.due_date, 0)
            END) AS longest_late_days,
            bool_and(item.is_paid) AS is_finished
        FROM item
        GROUP BY item.account_id, item.customer_id
    )
    SELECT contract.id, contract.customer_id, contract.role, contract.is_placed, coalesce(record.is_finished, FALSE),
        coalesce(record.instalments_count, 0), coalesce(record.paid_count, 0), coalesce(record.paid_late_count, 0),
        coalesce(record.unpaid_count, 0), record.last_paid_date, coalesce(record.longest_late_days, 0)
    FROM contract
    LEFT JOIN record ON record.account_id = contract.id AND record.customer_id = contract.customer_id
$$;

CREATE FUNCTION portfolio_contract_record(client_id bigint, day date)
RETURNS TABLE (
    customer_id bigint, other_contracts_open_count bigint, other_contracts_finished_count bigint,
    instalments_paid_count bigint, instalments_paid_late_count bigint
)
LANGUAGE sql STABLE AS $$
    SELECT other.customer_id, count(*) FILTER (WHERE NOT other.is_finished),
        count(*) FILTER (WHERE other.is_finished), sum(other.paid_count)::bigint, sum(other.paid_late_count)::bigint
    FROM portfolio_contracts_on($1, $2, NULL, TRUE) AS other
    GROUP BY other.customer_id
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("portfolio", "0004_contract_rate")]
    operations = [migrations.RunSQL(FORWARDS, migrations.RunSQL.noop)]
