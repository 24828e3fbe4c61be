-- what: the references of the payments that some imports brought
-- grain: one row per payment
-- reads: payments_payment
SELECT payment.reference
FROM payments_payment AS payment
WHERE payment.client_id = %(client_id)s AND payment.import_id = ANY (%(import_ids)s::bigint[])
