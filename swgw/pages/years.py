"""In which years a model loses to the best reference, and which of its relatives lose with it."""

import numpy as np
import pandas as pd
import xarray as xr
from IPython.display import Markdown

from swgw.book import text as words
from swgw.pages import needs
from swgw.pages.ceiling import best_reference, leads, main_model
from swgw.pages.simulations import trained

ARMS = ("MT-TFT", "ST+-TFT", "ST-TFT")
"""Both inputs and both losses; both inputs and one loss; one of each."""


def relative_errors(study, task: str, model: str) -> pd.DataFrame:
    """Squared errors of a model in shares of those of the best reference, year by year.

    Parameters
    ----------
    study : Study
    task : str
        ``surface_water`` or ``head``.
    model : str

    Returns
    -------
    DataFrame (year, seed)
        Sums over lead times and series, each series in its own standard deviation; below 1 the
        model is ahead. The reference is that of the validation year, by lead time.
    """
    found = {}
    for seed in study.seeds_of(model):
        hindcast = study.hindcast(task, model, seed)
        missed = sum(_missed(_errors(study, task, hindcast, lead)) for lead in leads(study))
        found[seed] = missed["model"] / missed["reference"]
    return pd.DataFrame(found)


def offsets(study, task: str, model: str, year: int) -> pd.Series:
    """Mean errors of a model and of the best reference in a year, each series in its deviation.

    Returns
    -------
    Series (name,)
        ``model`` and ``reference``, averaged over series, lead times and seeds; above 0 forecasts
        lie too high.
    """
    found = []
    for seed in study.seeds_of(model):
        hindcast = study.hindcast(task, model, seed)
        for lead in leads(study):
            errors = _errors(study, task, hindcast, lead)
            found.append(errors.where(errors["valid_time"].dt.year == year).mean().to_pandas())
    return pd.DataFrame(found).mean()


def _errors(study, task: str, hindcast: xr.Dataset, lead: int) -> xr.Dataset:
    """Errors of a model and of the reference (series, issue_time), each series in its deviation."""
    own = hindcast.sel(lead_time=lead)
    reference = study.hindcast(task, best_reference(study, task, None, lead)).sel(lead_time=lead)
    sims = xr.Dataset({"model": own["forecast"], "reference": reference["forecast"]})
    sims = sims.sel(series=own["series"]).where(np.isfinite(sims["model"] + sims["reference"]))
    return (sims - own["observed"]) / own["observed"].std("issue_time")


def _missed(errors: xr.Dataset) -> pd.DataFrame:
    """Sum squared errors by the year that is forecast: (year, name)."""
    sums = (errors**2).sum("series")
    found = pd.DataFrame({name: sums[name].to_numpy() for name in sums})
    return found.groupby(errors["valid_time"].dt.year.to_numpy()).sum()


def _words(study, task: str) -> Markdown:
    shown = [model for model in ARMS if model in trained(study, task)]
    shown = shown or [main_model(study, task)]
    errors = {model: relative_errors(study, task, model) for model in shown}
    table = pd.DataFrame({model: found.apply(_said, axis=1) for model, found in errors.items()})
    table.insert(0, "year", table.index.astype(str))
    text = _verdict(errors)
    worst = _worst(errors[shown[0]])
    if worst is not None:
        text += _tilt(shown[0], worst, offsets(study, task, shown[0], worst))
    return Markdown(f"{words.table(table).data}\n\n{text}")


def _said(seeds: pd.Series) -> str:
    """Write the mean over seeds with its range; bold where every seed is behind."""
    mean = words.number(seeds.mean())
    if len(seeds) == 1:
        return mean
    text = f"{mean} ({words.number(seeds.min())} to {words.number(seeds.max())})"
    return f"**{text}**" if seeds.min() > 1 else text


def _worst(found: pd.DataFrame) -> int | None:
    """The year in which a model is farthest behind, among those that every seed loses."""
    behind = found[(found > 1).all(axis=1)]
    return None if behind.empty or found.shape[1] == 1 else int(behind.mean(axis=1).idxmax())


def _tilt(model: str, year: int, offset: pd.Series) -> str:
    """Say on which side a model's forecasts of a year lie, and the reference's."""
    model_side, its_side = (
        f"{words.number(abs(value))} standard deviations too {'high' if value > 0 else 'low'}"
        for value in offset[["model", "reference"]]
    )
    return (
        f" On average over {year}, the forecasts of {model} lie {model_side}, those of the "
        f"reference {its_side}."
    )


def _verdict(errors: dict[str, pd.DataFrame]) -> str:
    """Say where the first model is behind with every seed, and whether the others are as well."""
    main, *others = errors
    found = errors[main]
    if found.shape[1] == 1:
        return "One seed cannot tell a bad year from a bad start."
    behind = found.index[(found > 1).all(axis=1)]
    if not len(behind):
        return f"There is no year in which {main} is behind the best reference with every seed."
    worst = _worst(found)
    text = f"With every seed, {main} is behind in {words.listing(map(str, behind))}."
    if not others:
        return text
    bad = {model: bool((errors[model].loc[worst] > 1).all()) for model in others}
    same = [model for model, yes in bad.items() if yes]
    free = [model for model, yes in bad.items() if not yes]
    said = [f"{words.listing(names)} {verb}" for names, verb in (
        (same, "is too" if len(same) == 1 else "are too"),
        (free, "is not" if len(free) == 1 else "are not"),
    ) if names]  # fmt: skip
    return f"{text} In {worst}, " + ", ".join(said) + f".{_cause(bad)}"


def _cause(bad: dict[str, bool]) -> str:
    """Read the arms: what MT and the control share are their inputs, what they do not the loss."""
    match bad.get("ST+-TFT"), bad.get("ST-TFT"):
        case True, False:
            return (
                " The control has the same inputs and one loss: it is the other water's past that "
                "misleads in such a year, not the second loss."
            )
        case False, False:
            return " The control has the same inputs: it is the second loss that costs."
        case True, True:
            return " All three are: the year is unlike those of the training, whatever is known."
    return ""


@needs("gauge")
def words_water(study) -> Markdown:
    """Surface water: errors by year."""
    return _words(study, "surface_water")


@needs("wells:1")
def words_heads(study) -> Markdown:
    """Heads: errors by year."""
    return _words(study, "head")
