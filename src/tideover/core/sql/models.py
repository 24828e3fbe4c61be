"""No tables: Django tells an app of migrations only where it has a models module, and the views are made then."""
