-- reads: given, customers_customer
-- grain: one row a contact point as given, with its customer and digest; the same value twice counts once
SELECT DISTINCT ON (customer.id, given.kind, given.value)
    customer.id AS customer_id, given.kind, given.position, given.value, given.source,
    encode(sha256(%(outer)s::bytea || sha256(%(inner)s::bytea || convert_to(given.value, 'UTF8'))), 'hex')
        AS value_digest
FROM given
JOIN customers_customer AS customer
    ON customer.client_id = %(client_id)s AND customer.reference = given.reference
ORDER BY customer.id, given.kind, given.value, given.position
