"""Runs ftfy's own tests through `recto_py.ftfy`, and compares those that differ with the list in docs/engines.md.

    pip download --no-deps --no-binary :all: ftfy==6.3.1 && tar xzf ftfy-6.3.1.tar.gz
    python tools/python/ftfy_tests.py ftfy-6.3.1/tests

Needs pytest and ftfy: its codecs and tables of characters, which its tests use as well, are not replaced.
"""

import re
import sys
from pathlib import Path

import ftfy.bad_codecs.utf8_variants
import ftfy.chardata
import pytest

OWN = {name: module for name, module in sys.modules.items() if name.startswith("ftfy.") and name != "ftfy.fixes"}

from recto_py import ftfy as drop_in  # noqa: E402

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "engines.md"
FILES = ["test_bytes.py", "test_characters.py", "test_encodings.py", "test_entities.py", "test_examples_in_json.py"]


class Outcomes:
    """The tests that ended otherwise than with ftfy."""

    def __init__(self) -> None:
        self.run, self.different = 0, set()

    def pytest_runtest_logreport(self, report) -> None:
        if report.when == "call":
            self.run += 1
            if report.failed:
                self.different.add(report.nodeid.rpartition("::")[2])


def main() -> int:
    drop_in.install()
    drop_in.chardata, drop_in.bad_codecs = OWN["ftfy.chardata"], OWN["ftfy.bad_codecs"]
    sys.modules.update(OWN)
    folder = Path(sys.argv[1]).resolve()
    outcomes = Outcomes()
    files = [str(folder / name) for name in FILES]
    options = ["-q", "--tb=no", "--no-summary", "-p", "no:cacheprovider", "--import-mode=importlib"]
    pytest.main([*options, "-c", "/dev/null", f"--rootdir={folder}", *files], plugins=[outcomes])
    section = DOCUMENT.read_text().partition("## Differences from ftfy")[2].partition("\n## ")[0]
    listed = set(re.findall(r"`(test_\w+(?:\[test_case\d+\])?)`", section))
    for name in sorted(listed - outcomes.different):
        print(f"no longer different: {name}; take it out of {DOCUMENT.name}")
    for name in sorted(outcomes.different - listed):
        print(f"different, and not in {DOCUMENT.name}: {name}")
    print(f"{outcomes.run} tests of ftfy, {len(outcomes.different)} different, {len(listed)} listed")
    return int(listed != outcomes.different or outcomes.run == 0)


if __name__ == "__main__":
    sys.exit(main())
