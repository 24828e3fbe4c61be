"""``python -m bench``: measure, and write the table and the JSON."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from pathlib import Path
from typing import Any

from bench import installation

RESULTS = Path(__file__).parent / "results"


def main() -> None:
    """Measure at the size that is asked for."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--accounts", type=int, default=100_000)
    parser.add_argument("--out", type=Path, default=RESULTS)
    args = parser.parse_args()
    with installation.started() as folder:
        from bench import measuring

        measured = measuring.measure(args.accounts, folder, lambda text: print(text, file=sys.stderr, flush=True))
        run = {
            "accounts": args.accounts,
            "at": measuring.now(),
            "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
            "parts": [part.as_json() for part in measured],
        }
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / f"{args.accounts}.json").write_text(json.dumps(run, indent=2) + "\n", encoding="utf-8")
    table = as_table(run)
    (args.out / f"{args.accounts}.md").write_text(table, encoding="utf-8")
    print(table)


def as_table(run: dict[str, Any]) -> str:
    """The run as a table to read."""
    lines = [
        f"# {run['accounts']:,} accounts",
        "",
        f"{run['at']}; {run['machine']}; embedded PostgreSQL, fsync on. Trust ratios, not seconds.",
        "",
        "| part | seconds | bare, same run | ratio | counterpart | rows |",
        "|---|---:|---:|---:|---|---:|",
    ]
    for part in run["parts"]:
        bare = "–" if part["bare_seconds"] is None else f"{part['bare_seconds']:.2f}"
        ratio = "–" if part["ratio"] is None else f"{part['ratio']:.1f}×"
        lines.append(
            f"| {part['part']} | {part['seconds']:.2f} | {bare} | {ratio} | {part['counterpart']} | {part['rows']:,} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
