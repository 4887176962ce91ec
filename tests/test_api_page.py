"""The page of the programming interface is written from the source, and only from it."""

import ast
import re
import subprocess
import sys

import pytest

from swgw.book import api_page as page


def entries(source):
    return "\n".join(line for node in page._public(ast.parse(source)) for line in page._entry(node))


SOURCE = '''
def shown(a: int, b=2, *, c: str = "x") -> float:
    """Give a number.

    Parameters
    ----------
    a : int
        Of wells.

    Raises
    ------
    UserError
        If there is none.
    """

def _hidden():
    """Nobody's."""

def bare(): ...

class Thing:
    """A thing."""

    @property
    def size(self) -> int:
        """How large."""

    def grow(self, by: int) -> None:
        """Make it larger."""
'''


def test_functions_are_shown_with_signature_and_fields():
    text = entries(SOURCE)
    assert ".. py:function:: shown(a, b=2, *, c='x')" in text
    assert ":Parameters: **a** (*int*) -- Of wells." in text
    assert ":raises UserError: If there is none." in text
    assert "_hidden" not in text
    assert "bare" not in text


def test_methods_stand_in_their_class_without_self():
    lines = entries(SOURCE).splitlines()
    assert ".. py:class:: Thing" in lines
    assert "   .. py:method:: grow(by)" in lines
    assert "   .. py:property:: size" in lines


def test_the_page_has_every_public_name_and_every_module():
    text = page.api_page()
    for name in ("load_basin", "check_basin", "prepare_basin", "load_truth", "open_study", "nse"):
        assert f".. py:function:: {name}(" in text, name
    assert "| `swgw.models.tft` | " in text
    assert len(re.findall(r"^# ", text, re.MULTILINE)) == 1


@pytest.mark.parametrize("name", [name for names in page.PARTS.values() for name in names])
def test_every_chosen_module_has_something_to_show(name):
    assert ".. py:" in page._module(name).replace("py:currentmodule", "")


def test_it_is_written_without_importing_what_it_shows():
    check = (
        "from swgw.api_page import api_page; api_page(); import sys; assert not {found}, {found}"
    )
    found = "{'torch', 'pandas', 'swgw.experiments.study', 'swgw.basin'} & set(sys.modules)"
    ended = subprocess.run([sys.executable, "-c", check.format(found=found)], capture_output=True)
    assert ended.returncode == 0, ended.stderr.decode()
