-- what: the accounts of the payments that the given reversals name
-- grain: one row per account
-- reads: given, payments_payment
SELECT DISTINCT payment.account_id
FROM given
JOIN payments_payment AS payment ON payment.client_id = given.client_id AND payment.reference = given.reverses
