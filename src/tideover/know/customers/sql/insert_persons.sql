-- reads: keyed
-- writes: customers_person
-- grain: one row a person whom nobody named before
INSERT INTO customers_person (key)
SELECT DISTINCT keyed.person_key
FROM keyed
ORDER BY keyed.person_key
ON CONFLICT (key) DO NOTHING
