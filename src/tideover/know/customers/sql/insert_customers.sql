-- reads: keyed, customers_person
-- writes: customers_customer
-- grain: one row a customer whom the client did not have; a known one stays with their person
INSERT INTO customers_customer (client_id, person_id, reference, language, country, region, zone)
SELECT %(client_id)s, person.id, keyed.reference, coalesce(keyed.language, %(default_language)s), keyed.country, keyed.region, keyed.zone
FROM keyed
JOIN customers_person AS person ON person.key = keyed.person_key
ORDER BY keyed.reference
ON CONFLICT (client_id, reference) DO NOTHING
