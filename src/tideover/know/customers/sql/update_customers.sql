-- reads: keyed
-- writes: customers_customer
-- grain: one row a customer whose place or language the file states otherwise; a silent file changes nothing
UPDATE customers_customer AS customer
SET language = coalesce(keyed.language, customer.language),
    country = coalesce(keyed.country, customer.country),
    region = CASE WHEN keyed.country IS NULL THEN customer.region ELSE keyed.region END,
    zone = CASE WHEN keyed.country IS NULL THEN customer.zone ELSE keyed.zone END
FROM keyed
WHERE customer.client_id = %(client_id)s
    AND customer.reference = keyed.reference
    AND (
        customer.language <> keyed.language
        OR (keyed.country IS NOT NULL AND (
            customer.country IS DISTINCT FROM keyed.country
            OR customer.region IS DISTINCT FROM keyed.region
            OR customer.zone IS DISTINCT FROM keyed.zone
        ))
    )
