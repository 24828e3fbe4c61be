-- reads: digested
-- writes: customers_contactpoint
-- grain: one row a contact point that the customer did not have
INSERT INTO customers_contactpoint
    (customer_id, kind, position, owner, source, value_digest, usable_from, unusable_since, unusable_cause)
SELECT digested.customer_id, digested.kind, digested.position, 'customer', digested.source,
    digested.value_digest, %(at)s, NULL::timestamptz, NULL
FROM digested
ORDER BY digested.customer_id, digested.position
ON CONFLICT (customer_id, kind, value_digest) DO NOTHING
