"""What the page on transfer learning shows of TL-LSTM's choices: depth, wells, library, record."""

from collections.abc import Callable
from functools import wraps

import numpy as np
import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw.book import text as words
from swgw.pages import placeholder_figure, placeholder_words
from swgw.plots import transfer as plots
from swgw.scores.rounding import with_interval
from swgw.transfer import claims
from swgw.transfer.plan import FROZEN
from swgw.transfer.results import Transfer, read_transfer
from swgw.transfer.work import lack_of

SEVEN = 7  # the source's wells
NO_HUNGER = "no data-hunger curve in this profile; `paper` has one"


def needs_transfer(function: Callable) -> Callable:
    """Hand the results to a page's function, or answer with the reason why there are none."""

    @wraps(function)
    def page(study):
        reason = lack_of(study)
        if reason:
            figure = function.__name__.startswith("figure")
            return (placeholder_figure if figure else placeholder_words)([reason])
        return function(study, read_transfer(study))

    return page


@needs_transfer
def figure_variants(study, transfer: Transfer) -> Figure:
    """NSE by frozen layers and by the number of wells in the mean."""
    individual = float(np.nanmedian(transfer.nse("IT-LSTM").iloc[0]))
    return plots.plot_variants(_by_depth(transfer), _by_wells(transfer), individual)


def _by_depth(transfer: Transfer) -> pd.Series:
    table = claims.variant_medians(transfer)
    frozen = table[table["variant"] == "frozen"].set_index("value")["median"]
    frozen.index = frozen.index.astype(int)
    return frozen.sort_index()


def _by_wells(transfer: Transfer) -> pd.DataFrame:
    table = claims.variant_medians(transfer)
    return table[table["variant"] == "wells"].assign(value=lambda rows: rows["value"].astype(int))


@needs_transfer
def words_variants(study, transfer: Transfer) -> Markdown:
    """Say what depth, number of wells and a library by cluster change."""
    frozen, n = _by_depth(transfer), transfer.hindcasts["IT-LSTM"].sizes["well"]
    lines = [_depth(frozen)]
    if n > SEVEN:
        found = claims.size_interval(transfer, SEVEN)
        lines.append(
            f"- **Wells in the mean.** All {n} wells against {SEVEN}, as many as the source has: "
            f"{with_interval(found.value, found.low, found.high, 3)} in the median over "
            "wells."
        )
    table = claims.variant_medians(transfer)
    library = table[table["variant"] == "library"]["median"]
    if len(library):
        lines.append(
            f"- **A library.** From the mean of the well's own cluster: median NSE "
            f"{words.number(library.iloc[0], 3)}, against {words.number(frozen[FROZEN], 3)} from "
            "the mean of all."
        )
    return Markdown("\n".join([*lines, _chance(transfer, frozen)]))


def _depth(frozen: pd.Series) -> str:
    low, high = words.number(frozen.min(), 3), words.number(frozen.max(), 3)
    if low == high:
        return f"- **Freeze depth.** Every number of frozen layers gives a median of {low}."
    return (
        f"- **Freeze depth.** The medians lie between {low} and {high}; the best is with "
        f"{frozen.idxmax()} of 4 layers frozen, {FROZEN} is our default."
    )


def _chance(transfer: Transfer, frozen: pd.Series) -> str:
    """Say how far one configuration is from itself: it stands in both panels and in the table."""
    wells = _by_wells(transfer)
    all_of_them = wells.loc[wells["value"].idxmax()]
    seeds = transfer.nse("TL-LSTM")
    table = float(np.nanmedian(seeds.mean()))
    average = f", and {words.number(table, 3)} as the mean of {len(seeds)} seeds in the table above"
    return (
        "- **Chance.** The default stands in both panels, at "
        f"{FROZEN} frozen layers and at all {all_of_them['value']} wells, from two random starts: "
        f"{words.number(frozen[FROZEN], 3)} and {words.number(all_of_them['median'], 3)}"
        f"{average if len(seeds) > 1 else ''}. All else on this list is of one start, and "
        "differences no larger than these say nothing."
    )


@needs_transfer
def figure_hunger(study, transfer: Transfer) -> Figure:
    """NSE by years of the target's record."""
    if transfer.hunger.empty:
        return placeholder_figure([NO_HUNGER])
    return plots.plot_hunger(_hunger(transfer).rename("median").reset_index())


def _hunger(transfer: Transfer) -> pd.Series:
    rows = transfer.hunger.query("lead_time == 1")
    return rows.groupby(["approach", "years"], sort=False)["nse"].median()


@needs_transfer
def words_hunger(study, transfer: Transfer) -> Markdown:
    """Say what is best where the target has the shortest record."""
    if transfer.hunger.empty:
        return placeholder_words([NO_HUNGER])
    table = _hunger(transfer)
    years = table.index.get_level_values("years").min()
    shortest = table.xs(years, level="years").dropna()
    if not {"IT-LSTM", "damped persistence"} < set(shortest.index):
        return Markdown("No comparison is possible: a score is undefined.")
    alone, free = shortest["IT-LSTM"], shortest["damped persistence"]
    others = shortest.drop(["IT-LSTM", "damped persistence"])
    best, found = others.idxmax(), others.max()
    useless = max(alone, free, found) <= 0
    warning = " All three are worse than the mean of the test period, whose NSE is 0."
    return Markdown(
        f"With {words.count(int(years), 'year')} of record *{best}* reaches a median NSE of "
        f"{words.number(found, 3)}, IT-LSTM, which starts from nothing, {words.number(alone, 3)} "
        f"and damped persistence, which learns nothing, {words.number(free, 3)}. So in this one "
        f"seed starting from a pre-trained network is {_against(found, alone)} individual training "
        f"and {_against(found, free)} damped persistence.{warning if useless else ''}"
    )


def _against(value: float, other: float) -> str:
    if words.number(value, 3) == words.number(other, 3):
        return "level with"
    return "ahead of" if value > other else "behind"
