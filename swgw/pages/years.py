"""In which years a model loses to the best reference, and which of its relatives lose with it."""

import numpy as np
import pandas as pd
from IPython.display import Markdown

from swgw import words
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
        missed = sum(_missed(study, task, hindcast, lead) for lead in leads(study))
        found[seed] = missed["model"] / missed["reference"]
    return pd.DataFrame(found)


def _missed(study, task: str, hindcast, lead: int) -> pd.DataFrame:
    """Sum squared errors of a model and of the reference by the year that is forecast."""
    own = hindcast.sel(lead_time=lead)
    reference = study.hindcast(task, best_reference(study, task, None, lead)).sel(lead_time=lead)
    sims = {"model": own["forecast"], "reference": reference["forecast"].sel(series=own["series"])}
    both = np.isfinite(sims["model"] + sims["reference"])
    spread = own["observed"].std("issue_time")
    missed = {
        name: (((sim - own["observed"]).where(both) / spread) ** 2).sum("series").to_numpy()
        for name, sim in sims.items()
    }
    return pd.DataFrame(missed).groupby(own["valid_time"].dt.year.to_numpy()).sum()


def _words(study, task: str) -> Markdown:
    shown = [model for model in ARMS if model in trained(study, task)]
    shown = shown or [main_model(study, task)]
    errors = {model: relative_errors(study, task, model) for model in shown}
    table = pd.DataFrame({model: found.apply(_said, axis=1) for model, found in errors.items()})
    table.insert(0, "year", table.index.astype(str))
    return Markdown(f"{words.table(table).data}\n\n{_verdict(errors)}")


def _said(seeds: pd.Series) -> str:
    """Write the mean over seeds with its range; bold where every seed is behind."""
    mean = words.number(seeds.mean())
    if len(seeds) == 1:
        return mean
    text = f"{mean} ({words.number(seeds.min())} to {words.number(seeds.max())})"
    return f"**{text}**" if seeds.min() > 1 else text


def _verdict(errors: dict[str, pd.DataFrame]) -> str:
    """Say where the first model is behind with every seed, and whether the others are as well."""
    main, *others = errors
    found = errors[main]
    if found.shape[1] == 1:
        return "One seed cannot tell a bad year from a bad start."
    behind = found.index[(found > 1).all(axis=1)]
    if not len(behind):
        return f"There is no year in which {main} is behind the best reference with every seed."
    worst = found.loc[behind].mean(axis=1).idxmax()
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
