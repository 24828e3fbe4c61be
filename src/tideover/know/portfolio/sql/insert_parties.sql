-- reads: given
-- writes: portfolio_party
-- grain: one row a customer who had no role on the account yet; nobody stands surety for their own debt
INSERT INTO portfolio_party (account_id, customer_id, role)
SELECT given.account_id, given.customer_id, given.role
FROM given
WHERE NOT EXISTS (
    SELECT 1 FROM portfolio_party AS known
    WHERE known.account_id = given.account_id AND known.customer_id = given.customer_id
)
ORDER BY given.account_id, given.customer_id
ON CONFLICT DO NOTHING
