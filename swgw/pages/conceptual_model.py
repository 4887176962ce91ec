"""Section 2.3: the conceptual model of the coupled system, with the simulated fluxes."""

import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw.book.text import number, percent, table
from swgw.pages import missing, needs, placeholder_words
from swgw.plots import conceptual_model as plots

FROM, TO = "2001-01-01", "2012-12-31"
GAINS = {
    "river_loss": "losing reaches of the river",
    "recharge": "recharge through the vadose zone",
    "front_inflow": "inflow along the mountain front",
}
LOSSES = {
    "river_gain": "gaining reaches of the river",
    "springs": "springs and ditches",
    "pumping": "pumping",
    "evapotranspiration": "evapotranspiration from a shallow water table",
    "outflow": "outflow at the lower end",
}


def mean_fluxes(study) -> pd.Series:
    """Mean of each flux over the study's years [m³/s]; gains of the aquifer are positive."""
    return study.truth.fluxes[FROM:TO].mean()


def figure_2(study) -> Figure:
    """Draw the coupled system (Fig. 2), with its mean fluxes where they are known."""
    return plots.plot_system(None if missing(study, "truth") else mean_fluxes(study))


def words_numbers(study) -> Markdown:
    """Say what the numbers in the drawing are, or why there are none."""
    lacking = missing(study, "truth")
    if lacking:
        return placeholder_words(lacking)
    fluxes = mean_fluxes(study)
    back = abs(fluxes["river_gain"] + fluxes["springs"])
    return Markdown(
        f"The numbers are means over {FROM[:4]}–{TO[:4]}. Of the "
        f"{number(fluxes['gorge'], 1)} m³/s that enter at the target gauge, "
        f"{percent(fluxes['river_loss'] / fluxes['gorge'])} seep into the aquifer and "
        f"{percent(fluxes['diversion'] / fluxes['gorge'])} are led onto fields; springs and "
        f"gaining reaches give {number(back, 1)} m³/s back. The same water is counted more than "
        "once on its way: what is diverted becomes recharge, and recharge becomes river again."
    )


@needs("truth")
def table_balance(study) -> Markdown:
    """The aquifer's mean water balance and what it leaves open."""
    fluxes = mean_fluxes(study)
    rows = [("in", words, fluxes[name]) for name, words in GAINS.items()]
    rows += [("out", words, fluxes[name]) for name, words in LOSSES.items()]
    rest = sum(value for _, _, value in rows) - fluxes["storage_change"]
    rows += [("stored", "change of storage", fluxes["storage_change"]), ("", "left open", rest)]
    shown = pd.DataFrame(rows, columns=["", "term", "mean [m³/s]"])
    shown["mean [m³/s]"] = [number(value, 2) for value in shown["mean [m³/s]"]]
    return table(shown)


@needs("truth")
def figure_year(study) -> Figure:
    """Draw the mean year of the fluxes."""
    fluxes = study.truth.fluxes[FROM:TO]
    fluxes = fluxes.assign(exchange=fluxes[["river_loss", "river_gain", "springs"]].sum(axis=1))
    monthly = fluxes.groupby(fluxes.index.month).mean()
    return plots.plot_year(monthly, monthly[["gorge", "diversion", "river_end"]])


@needs("truth")
def words_year(study) -> Markdown:
    """Say when the aquifer fills and when it is drained."""
    fluxes = study.truth.fluxes[FROM:TO]
    monthly = fluxes.groupby(fluxes.index.month).mean()
    names = pd.to_datetime(monthly.index, format="%m").month_name()
    change = monthly["storage_change"].set_axis(names)
    recharge = monthly["recharge"].set_axis(names)
    pumping = -monthly["pumping"].set_axis(names)
    return Markdown(
        f"Storage rises fastest in {change.idxmax()} ({number(change.max(), 1)} m³/s) and falls "
        f"fastest in {change.idxmin()} ({number(change.min(), 1)} m³/s). Recharge is largest in "
        f"{recharge.idxmax()}, pumping in {pumping.idxmax()}."
    )
