-- reads: keyed, customers_customer
-- writes: customers_identity
-- grain: one row a customer whose name the file gives; a new name comes with a new salt
INSERT INTO customers_identity (customer_id, full_name, salt)
SELECT customer.id, keyed.full_name, uuid_send(gen_random_uuid())
FROM keyed
JOIN customers_customer AS customer
    ON customer.client_id = %(client_id)s AND customer.reference = keyed.reference
WHERE keyed.full_name IS NOT NULL
ORDER BY customer.id
ON CONFLICT (customer_id) DO UPDATE SET full_name = EXCLUDED.full_name, salt = EXCLUDED.salt
WHERE customers_identity.full_name <> EXCLUDED.full_name
