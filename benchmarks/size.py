"""How large the package is: ``python -m benchmarks.size`` prints lines of code and modules by room.

A line of code is not blank, not a comment and not part of a docstring.
"""

import ast
import io
import tokenize
from pathlib import Path

import pandas as pd

PACKAGE = Path(__file__).parents[1] / "swgw"
NO_CODE = {
    *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT),
    tokenize.ENDMARKER,
}


def code_lines(path: Path) -> int:
    """Count the lines of code of a module."""
    source = path.read_text(encoding="utf-8")
    texts = {
        line
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for line in range(node.lineno, node.end_lineno + 1)
    }  # fmt: skip
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    code = {
        line
        for token in tokens
        if token.type not in NO_CODE
        for line in range(token.start[0], token.end[0] + 1)
    }
    return len(code - texts)


def sizes() -> pd.DataFrame:
    """List every module: room, code (lines of code), lines (of the file)."""
    rows = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).parts
        lines = len(path.read_text(encoding="utf-8").splitlines())
        rows["/".join(parts)] = (parts[0] if len(parts) > 1 else "root", code_lines(path), lines)
    return pd.DataFrame.from_dict(rows, "index", columns=["room", "code", "lines"])


def main() -> None:
    """Print the sizes by room."""
    table = sizes()
    by_room = table.groupby("room").agg(code=("code", "sum"), modules=("code", "size"))
    by_room.loc["total"] = by_room.sum()
    print(by_room.to_string())


if __name__ == "__main__":
    main()
