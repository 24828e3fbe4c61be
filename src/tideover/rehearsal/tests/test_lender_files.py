"""The invented lender's samples are what its writers write, and each layout reads as the mapping says."""

from __future__ import annotations

from pathlib import Path

from tideover.act.intake import tests as intake_tests
from tideover.rehearsal import lender_files, lender_samples

SAMPLES = Path(intake_tests.__file__).parent / "samples" / "hengtong"


def test_the_samples_of_intake_are_what_the_writers_write() -> None:
    made = dict(lender_samples.files())
    kept = {str(path.relative_to(SAMPLES)): path.read_bytes() for path in SAMPLES.rglob("*") if path.is_file()}
    assert kept == made, "python -m tideover.rehearsal.lender_samples src/tideover/act/intake/tests/samples/hengtong"


def test_every_file_is_gb18030_with_chinese_headings() -> None:
    for content, separator in (
        (lender_files.placement(lender_samples.loans()), ","),
        (lender_files.full(lender_samples.loans()), "|"),
        (lender_files.payments(lender_samples.money()), "\t"),
    ):
        heading = content.decode("gb18030").splitlines()[0].split(separator)
        assert "借据号" in heading and len(heading) == len(set(heading))


def test_a_rare_character_survives() -> None:
    content = lender_files.placement(lender_samples.loans())
    assert "李镕𠮷" in content.decode("gb18030")
