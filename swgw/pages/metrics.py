"""Section 2.8: what the scores say, shown on this basin's own observations."""

import numpy as np
import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw.book.text import (
    count,
    listing,
    number,
    surface_water_label,
    surface_water_word,
    table,
)
from swgw.pages import needs
from swgw.plots import metrics as plots
from swgw.scores import skill as scores
from swgw.scores.paper import TABLE_3

ROUNDING = 0.005
"""Half of the last digit that the paper prints."""


def example_series(study) -> tuple[pd.Series, str]:
    """Give a year of observations to play with, and its label.

    It is surface water at the target gauge, or else the head of the best observed well: of the
    test period, the year with the fewest gaps.
    """
    test = study.prepared.inside("test")
    gauge = study.basin.settings.target_gauge
    if gauge is not None:
        values, label = study.prepared.surface_water[gauge][test], surface_water_label(study)
    else:
        heads = study.prepared.heads[test]
        values, label = heads[heads.notna().sum().idxmax()], "Head [m]"
    year = values.groupby(values.index.year).count().idxmax()
    return values[values.index.year == year], label


def faulty(obs: pd.Series) -> dict[str, pd.Series]:
    """Make four simulations of observations (time,), each with one fault."""
    middle, spread = obs.mean(), obs.std()
    noise = np.random.default_rng(0).normal(0, 0.5 * spread, len(obs))
    return {
        "too high": obs + 0.5 * spread,
        "too flat": middle + 0.5 * (obs - middle),
        "too late": _delayed(obs, 0.5 * spread),
        "too noisy": obs + noise,
    }


def _delayed(obs: pd.Series, error: float) -> pd.Series:
    """Delay observations by the steps that bring the RMSE nearest to an error."""
    delays = [obs.shift(steps).bfill() for steps in range(1, max(2, len(obs) // 6))]
    return min(delays, key=lambda sim: abs(scores.rmse(obs, sim) - error))


def figure_faults(study) -> Figure:
    """Draw the four faults with their scores."""
    obs, label = example_series(study)
    sims = faulty(obs)
    notes = {
        fault: f"NSE {number(scores.nse(obs, sim))}, R² {number(scores.r2(obs, sim))}, "
        f"RMSE {number(scores.rmse(obs, sim))}"
        for fault, sim in sims.items()
    }
    return plots.plot_faults(obs, sims, notes, label)


def table_worked(obs: list[float], sim: list[float]) -> Markdown:
    """Work out NSE and RMSE of a few values step by step.

    Parameters
    ----------
    obs, sim : list of float
        Without gaps.
    """
    o, y = np.asarray(obs, float), np.asarray(sim, float)
    rows = pd.DataFrame(
        {
            "observed $o_i$": o,
            "simulated $y_i$": y,
            "squared error $(y_i - o_i)^2$": (y - o) ** 2,
            "squared departure $(o_i - \\bar o)^2$": (o - o.mean()) ** 2,
        }
    )
    rows = pd.concat([rows.map(lambda x: number(x, 1)), _sums(rows)])
    return table(rows)


def _sums(rows: pd.DataFrame) -> pd.DataFrame:
    """Give the last line of the worked table: the sums of the squares."""
    sums = [f"**{number(total, 1)}**" for total in rows.iloc[:, 2:].sum()]
    return pd.DataFrame([["", "**sum**", *sums]], columns=rows.columns)


@needs("wells:1")
def figure_datum(study) -> Figure:
    """Draw NSE and KGE of one well's persistence forecast, for many zeros of its levels."""
    obs, sim = _persistence(study)
    centred = obs - obs.mean()
    levels = np.geomspace(0.1, 1000, 60)
    rows = [
        {
            "nse": scores.nse(centred + level, sim - obs.mean() + level),
            "kge": scores.kge(centred + level, sim - obs.mean() + level),
        }
        for level in levels
    ]
    return plots.plot_datum(pd.DataFrame(rows, index=levels))


def _persistence(study) -> tuple[pd.Series, pd.Series]:
    """Give heads of the best observed well in the test period, and a tenth of a year before.

    The forecast keeps a bias of a fifth of the standard deviation, so that KGE has something to
    see.
    """
    heads = study.prepared.heads
    test = study.prepared.inside("test")
    well = heads[test].notna().sum().idxmax()
    late = max(1, round(study.prepared.steps_per_year / 10))
    sim = heads[well].shift(late) + 0.2 * heads[well][test].std()
    both = test & heads[well].notna() & sim.notna()
    return heads[well][both], sim[both]


@needs("wells:2")
def words_pooled(study) -> Markdown:
    """Show what pooling heads in metres would do to the score of a useless forecast."""
    heads, test = study.prepared.heads, study.prepared.inside("test")
    obs = heads[test]
    sim = pd.DataFrame({w: heads[w][study.prepared.inside("train")].mean() for w in obs}, obs.index)
    pooled = scores.nse(obs, sim)
    single = pd.Series({well: scores.nse(obs[well], sim[well]) for well in obs}).median()
    return Markdown(
        "A forecast that gives each well nothing but its mean of the training years, the same "
        f"value for ever, scores NSE = **{number(pooled)}** when all wells are pooled in metres. "
        f"Scored well by well, its median NSE is **{number(single)}**. Pooling rewards knowing "
        "that one well stands higher than another."
    )


@needs("gauge")
def table_identity(study) -> Markdown:
    """Give RMSE² / (1 − NSE) of each model of this study, first seed."""
    rows = implied_variance(study.table_3().drop_duplicates("model"))
    unit = study.basin.settings.unit
    squared = f"({unit})²" if "/" in unit else f"{unit}²"
    return table(
        pd.DataFrame(
            {
                "model": rows["model"],
                "NSE": rows["nse"].map(number),
                f"RMSE [{unit}]": rows["rmse"].map(number),
                f"RMSE² / (1 − NSE) [{squared}]": rows["variance"].map(lambda x: number(x, 2)),
            }
        )
    )


@needs("gauge")
def words_identity(study) -> Markdown:
    """Say whether the identity holds over the models of this study."""
    variances = implied_variance(study.table_3())["variance"].dropna()
    if variances.empty:
        return Markdown("No score of this study is defined, so there is nothing to compare.")
    spread = variances.max() / variances.min() - 1
    held = "the same number" if spread < 1e-6 else "**not** the same number"
    return Markdown(
        f"For {count(len(variances), 'row')} of this study's scores at the target gauge it is "
        f"{held}: {number(variances.median())}, the variance of the {surface_water_word(study)} "
        "that was forecast."
    )


def implied_variance(table: pd.DataFrame, rounding: float = 0.0) -> pd.DataFrame:
    """Add the observed variance that NSE and RMSE imply, with what rounding leaves open.

    Parameters
    ----------
    table : DataFrame
        With ``nse`` and ``rmse``.
    rounding : float
        Half of the last digit of both.

    Returns
    -------
    DataFrame
        With ``variance``, ``low`` and ``high``: RMSE² / (1 − NSE) [squared unit of RMSE].
    """
    nse, rmse = table["nse"], table["rmse"]
    return table.assign(
        variance=rmse**2 / (1 - nse),
        low=(rmse - rounding) ** 2 / (1 - (nse - rounding)),
        high=(rmse + rounding) ** 2 / (1 - (nse + rounding)),
    )


@needs("companion")
def figure_identity(study) -> Figure:
    """Draw the variance that each row of the paper's Table 3 implies."""
    return plots.plot_identity(implied_variance(TABLE_3, ROUNDING))


def words_identity_of_the_paper(study) -> Markdown | None:
    """Say which rows of the paper's Table 3 can stand on the same observations."""
    if not study.basin.settings.companion_is_paper:
        return None
    rows = implied_variance(TABLE_3, ROUNDING)
    together, low, high = _largest_overlap(rows)
    others = [
        f"{r.model} ({number(r.variance, 0)})" for r in rows.itertuples() if r.model not in together
    ]
    return Markdown(
        f"In the paper's Table 3, {listing(together)} agree on one variance, between "
        f"{number(low, 0)} and {number(high, 0)} in squared units of the RMSE. "
        f"{listing(others)} do not, even with all that rounding allows: their NSE and RMSE cannot "
        "come from the same observations as the others'."
    )


def _largest_overlap(rows: pd.DataFrame) -> tuple[list[str], float, float]:
    """Find the most models whose intervals share a value, and the interval that they share."""
    best = max(rows["low"], key=lambda x: int(((rows["low"] <= x) & (x <= rows["high"])).sum()))
    members = rows[(rows["low"] <= best) & (best <= rows["high"])]
    return list(members["model"]), members["low"].max(), members["high"].min()


def figure_pinball() -> Figure:
    """Draw the pinball loss of three levels."""
    errors = np.linspace(-1, 1, 101)
    losses = {
        level: np.array([scores.pinball([error], [[0.0]], [level]) for error in errors])
        for level in (0.1, 0.5, 0.9)
    }
    return plots.plot_pinball(errors, losses)
