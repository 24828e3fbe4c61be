-- reads: given
-- grain: one row a customer as given, with the person's key; equal to rules.person_key by test
SELECT given.reference, given.language, given.country, given.region, given.zone, given.full_name,
    encode(sha256(%(outer)s::bytea || sha256(%(inner)s::bytea || convert_to(
        CASE
            WHEN given.document_type IS NOT NULL AND given.document_number IS NOT NULL
                THEN concat_ws(E'\n', 'document', given.document_type, upper(given.document_number))
            ELSE concat_ws(E'\n', 'client', %(client_id)s::text, given.reference)
        END, 'UTF8'))), 'hex') AS person_key
FROM given
