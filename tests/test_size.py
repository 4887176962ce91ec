"""The package stays small enough to read: lines of code, modules, and what the root holds."""

from benchmarks.size import PACKAGE, sizes

CODE, MODULES, LINES_A_MODULE = 8_700, 87, 300


def test_lines_of_code_and_modules_stay_within_their_bounds():
    table = sizes()
    assert table["code"].sum() <= CODE
    assert len(table) <= MODULES
    assert table["lines"].max() <= LINES_A_MODULE, table["lines"].idxmax()


def test_the_root_holds_the_public_names_and_the_commands_only():
    assert {path.name for path in PACKAGE.glob("*.py")} == {"__init__.py", "cli.py"}


def test_a_docstring_is_no_code(tmp_path):
    from benchmarks.size import code_lines

    path = tmp_path / "a.py"
    source = '"""One\n\ntwo."""\n\n# three\nx = [\n    1,\n]\n\n\ndef f():\n    """Four."""\n'
    path.write_text(source + "    return x\n")
    assert code_lines(path) == 5
