"""A page's MyST text as the plain Markdown that Jupyter, VS Code and Colab show.

Boxes become quotations, references to pages become links, and figures are numbered page by page.
"""

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

import nbformat

DIRECTIVE = re.compile(r"^```\{([\w-]+)\} ?(.*)\n((?::\w+:.*\n)*)\n?((?:.*\n)*?)```$", re.MULTILINE)
GLOSSARY = "glossary"
"""The one page of plain text that a class has."""
ROLE = re.compile(r"\{(doc|numref|cite|term)\}`([^`]*)`")


@dataclass(frozen=True)
class Targets:
    """What references point to.

    Attributes
    ----------
    figures : dict
        Page and number of every named figure, counted page by page.
    titles : dict
        Title of every page of the book.
    notebooks : set
        The pages that a class has.
    works : dict
        Short and full form of every work of the bibliography.
    """

    figures: dict[str, tuple[str, int]]
    titles: dict[str, str]
    notebooks: set[str]
    works: dict[str, tuple[str, str]]


def targets(book: Path, notebooks: dict[str, nbformat.NotebookNode]) -> Targets:
    """Collect what the pages of the book refer to.

    Parameters
    ----------
    book : Path
        Folder with the texts and the bibliography.
    notebooks : dict
        By the names of their pages.
    """
    numbered = {}
    for page, notebook in notebooks.items():
        names = [name for cell in notebook.cells if (name := figure(cell).get("name"))]
        numbered |= {name: (page, number) for number, name in enumerate(names, start=1)}
    texts = {path.stem: path.read_text(encoding="utf-8") for path in book.glob("*.md")}
    texts |= {page: notebook.cells[0].source for page, notebook in notebooks.items()}
    titles = {page: re.search(r"^# (.*)$", text, re.MULTILINE)[1] for page, text in texts.items()}
    return Targets(numbered, titles, set(notebooks), _works(book / "references.bib"))


def plain(text: str, page: str, known: Targets) -> str:
    """Write the MyST text of a page's cell without directives and roles."""

    def role(found: re.Match) -> str:
        kind, target = found.groups()
        if kind == "doc":
            words, other = re.fullmatch(r"(?:(.*) <)?([\w-]+)>?", target).groups()
            title = words or known.titles.get(other, other)
            suffix = ".ipynb" if other in known.notebooks else ".md" * (other == GLOSSARY)
            return f"[{title}]({other}{suffix})" if suffix else f"*{title}*"
        if kind == "numref":
            home, number = known.figures[target]
            return f"Figure {number}" + ("" if home == page else f" of *{known.titles[home]}*")
        if kind == "cite":
            return f"({'; '.join(known.works[key][0] for key in target.split(','))})"
        return target.split(" <")[0]

    if text.startswith("## References"):
        cited = [key for found in ROLE.finditer(text) for key in found[2].split(",")]
        return "\n".join(["## References", "", *(f"- {known.works[key][1]}" for key in cited)])
    return ROLE.sub(role, DIRECTIVE.sub(_box, text))


def _works(bibliography: Path) -> dict[str, tuple[str, str]]:
    """Short and full form of every work of a bibliography, by its key."""
    from pybtex.database import parse_file

    return {key: _work(entry) for key, entry in parse_file(bibliography).entries.items()}


def _work(entry) -> tuple[str, str]:
    persons = entry.persons.get("author") or entry.persons.get("editor") or []
    names = [" ".join(person.last_names) for person in persons]
    few = len(names) < 3 and "others" not in names
    short = " and ".join(names) if few else f"{names[0]} et al."
    fields = entry.fields
    place = fields.get("journal") or fields.get("booktitle") or fields.get("publisher", "")
    full = ". ".join(filter(None, [", ".join(names), fields["year"], fields["title"], place]))
    link = f". https://doi.org/{fields['doi']}" if "doi" in fields else "."
    return _unlatex(f"{short}, {fields['year']}"), _unlatex(full) + link


def _unlatex(text: str) -> str:
    """Write accents and dashes of a bibliography as characters."""
    import latexcodec  # noqa: F401 (gives the codec below)

    return re.sub(r"[{}]", "", codecs.decode(text, "ulatex"))


def figure(cell: nbformat.NotebookNode) -> dict:
    """Name and caption of the figure that a cell draws; empty where it draws none."""
    return cell.metadata.get("mystnb", {}).get("figure", {})


def _box(found: re.Match) -> str:
    kind, title, options, body = found.groups()
    number = re.search(r"-(\d+)$", f"{title} {options}", re.MULTILINE)
    if kind == "exercise":
        return f"### Exercise {number[1]}: {title.lower()}\n\n{body.strip()}"
    if kind in ("solution", "solution-start"):
        return f"**Solution of exercise {number[1]}.** {body.strip()}".rstrip()
    if kind == "solution-end":
        return ""
    if kind == "glossary":
        return re.sub(r"^(\S.*)\n", r"**\1**\n", body, flags=re.MULTILINE).replace("\n  ", "\n")
    lines = [f"**{title}**" if title else "", "", *body.strip().splitlines()]
    return "\n".join(f"> {line}".rstrip() for line in lines)
