-- what: the first given payment whose reference stands for another amount, currency or account already
-- grain: one row at most
-- reads: given, payments_payment
SELECT given.reference, kept.currency, kept.amount
FROM given
JOIN payments_payment AS kept ON kept.client_id = given.client_id AND kept.reference = given.reference
WHERE kept.amount <> given.amount OR kept.currency <> given.currency OR kept.account_id <> given.account_id
UNION ALL
SELECT one.reference, one.currency, one.amount
FROM given AS one
JOIN given AS other ON other.client_id = one.client_id AND other.reference = one.reference
WHERE other.amount <> one.amount OR other.currency <> one.currency OR other.account_id <> one.account_id
LIMIT 1
