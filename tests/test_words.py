"""Plain English in the field's terms: in code, help texts, messages, the guide and the README."""

import pytest
from banned import BANNED

from swgw.storage.share import PACKAGE, shared

ROOT = PACKAGE.parent
TEXTS = [
    *sorted(PACKAGE.rglob("*.py")),
    *sorted(PACKAGE.rglob("*.yml")),
    *sorted(shared("book").glob("*.md")),
    *(path for path in (ROOT / "README.md", ROOT / "benchmarks" / "README.md") if path.is_file()),
]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_no_banned_word_is_used(path):
    found = BANNED.search(path.read_text(encoding="utf-8"))
    assert not found, found
