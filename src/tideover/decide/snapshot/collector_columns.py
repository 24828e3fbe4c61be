"""The columns of ``collector_day``: all that assigning may know of a collector."""

from __future__ import annotations

PARQUET: tuple[tuple[str, str], ...] = (
    ("user_id", "BIGINT"),
    ("team_id", "BIGINT"),
    ("client_ids", "BIGINT[]"),
    ("is_present", "BOOLEAN"),
    ("languages", "VARCHAR[]"),
    ("skills", "VARCHAR[]"),
    ("work_items_max", "BIGINT"),
    ("work_items_held_count", "BIGINT"),
    ("work_items_left", "BIGINT"),
    ("cases_max", "BIGINT"),
    ("cases_owned_count", "BIGINT"),
    ("cases_left", "BIGINT"),
    ("takes_new_cases", "BOOLEAN"),
)
"""Every column of the file in its order, with its DuckDB type."""
