-- what: the first given payment whose reference stands for another amount, currency or account already, or for the
--     reversal of another; a reversal may bear the number of the payment that it takes back
-- grain: one row at most
-- reads: given, payments_payment, payments_reversal
SELECT given.reference, kept.currency, kept.amount
FROM given
JOIN payments_payment AS kept ON kept.client_id = given.client_id AND kept.reference = given.reference
WHERE kept.amount <> given.amount OR kept.currency <> given.currency OR kept.account_id <> given.account_id
UNION ALL
SELECT one.reference, one.currency, one.amount
FROM given AS one
JOIN given AS other ON other.client_id = one.client_id AND other.reference = one.reference
WHERE other.amount <> one.amount OR other.currency <> one.currency OR other.account_id <> one.account_id
UNION ALL
SELECT given.reference, payment.currency, payment.amount
FROM given
JOIN payments_reversal AS taken ON taken.client_id = given.client_id AND taken.reference = given.reference
JOIN payments_payment AS payment ON payment.id = taken.payment_id
WHERE payment.reference <> given.reference
LIMIT 1
