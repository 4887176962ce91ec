"""What the table of choices shows: how far the headline numbers move when a choice is another."""

import shlex
from functools import lru_cache

import numpy as np
import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw.book import text as words
from swgw.book.text import Box
from swgw.experiments.choices_untrained import untrained
from swgw.experiments.choices_work import lack
from swgw.models.run import BOTH
from swgw.pages import placeholder_figure
from swgw.plots import choices as plots

TRAINED_BY = (
    "This command, given where the basin's folder lies, trains them, and trains nothing again that "
    "is trained already (an `--output` that was given for this book must be given again):"
)


def _command(study) -> str:
    """Write the command that makes this basin's book by the profile that has everything."""
    return f"swgw book {shlex.quote(study.basin.path.name)} --profile full"


@lru_cache(maxsize=4)
def moved(study) -> pd.DataFrame:
    """List what moves without training; see ``untrained``."""
    return untrained(study)


def table_untrained(study) -> Markdown:
    """Give each number under our reading and under the alternative."""
    rows = [
        {
            "choice": row.what,
            "our reading": row.ours,
            "the alternative": row.other,
            "number": row.number.replace("surface water", words.surface_water_word(study)),
            "ours": words.number(row.base, 3),
            "alternative": words.number(row.changed, 3),
            "difference": _signed(row.changed - row.base, row.low, row.high),
        }
        for row in moved(study).itertuples()
    ]
    return words.table(pd.DataFrame(rows))


def _signed(value: float, low: float, high: float) -> str:
    """Write a difference with its sign, and its interval where there is one."""
    text = words.number(value, 3)
    text = f"+{text}" if value > 0 else text
    return text + (f" [{words.number(low, 3)}, {words.number(high, 3)}]" * bool(np.isfinite(low)))


def words_untrained(study) -> Markdown:
    """Say which choice of reading moves its number most."""
    table = moved(study).assign(size=lambda t: (t["changed"] - t["base"]).abs())
    table = table[np.isfinite(table["size"])].sort_values("size", ascending=False)
    if table.empty:
        return Markdown("None of these numbers is defined for this basin.")
    first = table.iloc[0]
    number = first["number"].replace("surface water", words.surface_water_word(study))
    return Markdown(
        f"The largest step in this table is that of *{first['what'].lower()}*: {number} is "
        f"{words.number(first['base'], 3)} in our reading and "
        f"{words.number(first['changed'], 3)} in the alternative ({first['other']}). "
        f"{int((table['size'] < 0.01).sum())} of {len(table)} numbers move by less than 0.01."
    )


def _labelled(study) -> pd.DataFrame:
    table = study.choice_shifts()
    return table.assign(label=table["what"] + ": " + table["other"])


def figure_shifts(study) -> Figure:
    """Shift of each headline number when one choice is changed and the models are trained anew."""
    if lack(study):
        return placeholder_figure([lack(study)])
    return plots.plot_shifts(_labelled(study))


def words_shifts(study) -> Markdown:
    """Say which choices move a headline number beyond chance, or how to find out."""
    if lack(study):
        text = f"This study has {lack(study)}."
        if len(study.tasks) == len(BOTH):
            text += f" {TRAINED_BY}\n\n    {_command(study)}\n"
        return Box("Note", text, "note")
    table = _labelled(study)
    sure = table[(table["low"] > 0) | (table["high"] < 0)]
    lines = [
        f"- {row.label}: {row.headline.replace('surface water', words.surface_water_word(study))} "
        f"moves by {_signed(row.value, row.low, row.high)}"
        for row in sure.itertuples()
    ]
    count = f"{len(sure)} of {len(table)} shifts lie beyond chance with their whole interval"
    return Markdown(count + (":\n\n" + ";\n".join(lines) if lines else "") + ".")


def table_shifts(study) -> Markdown:
    """Give every headline number under our reading, and its shift under each choice."""
    if lack(study):
        return Markdown("A table of all shifts stands here where they were computed.")
    rows = []
    for label, own in _labelled(study).groupby("label", sort=False):
        row = {"choice": label, "ours": own["ours"].iloc[0], "models": own["family"].iloc[0]}
        row |= {
            name: f"{words.number(base)}, {_signed(value, low, high)}"
            for name, base, value, low, high in zip(
                own["headline"], own["base"], own["value"], own["low"], own["high"], strict=True
            )
        }
        rows.append(row)
    return words.table(pd.DataFrame(rows))
