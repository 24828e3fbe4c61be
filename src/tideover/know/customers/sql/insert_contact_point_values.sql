-- reads: digested, customers_contactpoint
-- writes: customers_contactpointvalue
-- grain: one row a contact point whose value is not kept yet
INSERT INTO customers_contactpointvalue (contact_point_id, value, salt)
SELECT point.id, digested.value, uuid_send(gen_random_uuid())
FROM digested
JOIN customers_contactpoint AS point
    ON point.customer_id = digested.customer_id
    AND point.kind = digested.kind
    AND point.value_digest = digested.value_digest
ORDER BY point.id
ON CONFLICT (contact_point_id) DO NOTHING
