"""A made site in the challenge's layout whose head we know, since we made it."""

from pathlib import Path

import numpy as np
import pandas as pd

FIRST, LAST, HIDDEN_FROM = "2009-01-01", "2018-12-31", "2017-01-18"
EUROPE = {"rr": "rain", "tg": "mean", "tn": "low", "tx": "high", "et": "evaporation"}
USA = {"PRCP": "rain", "TMAX": "high", "TMIN": "low", "Stage_m": "stage", "ET": "evaporation"}
STORE_DAYS = 60.0


def made_inputs(days: pd.DatetimeIndex, cold: float, seed: int) -> pd.DataFrame:
    """Weather with a year in it, and a river that rises with the rain."""
    rng = np.random.default_rng(seed)
    year = np.sin(2 * np.pi * (days.dayofyear.to_numpy() - 110) / 365.25)
    rain = np.where(rng.random(len(days)) < 0.3, rng.gamma(0.8, 9.0, len(days)), 0.0)
    mean = 10.0 - cold + 11.0 * year + rng.normal(0, 2, len(days))
    stage = 1.0 + 0.02 * pd.Series(rain).ewm(alpha=0.1).mean().to_numpy()
    made = {"rain": rain, "mean": mean, "low": mean - 4, "high": mean + 4, "stage": stage,
            "evaporation": np.clip(2.2 + 2.0 * year, 0.1, None)}  # fmt: skip
    return pd.DataFrame(made, index=days).round(4)


def made_head(inputs: pd.DataFrame, river: bool) -> pd.Series:
    """A linear store fed by rain less evaporation, and the river's stage."""
    recharge = inputs["rain"] - 0.6 * inputs["evaporation"]
    head = 100 + 0.6 * recharge.ewm(alpha=1 - np.exp(-1 / STORE_DAYS)).mean()
    return (head + (3.0 * inputs["stage"] if river else 0.0)).round(5).rename("head")


def write_site(
    folder: Path, names: dict[str, str] = USA, date: str = "Date", every: int = 1,
    heads_to: str = "2016-12-26", cold: float = 0.0, seed: int = 1,
) -> Path:  # fmt: skip
    """Write ``heads.csv``, ``heads_full.csv`` and ``input_data.csv``.

    ``every`` is the number of days between heads, ``heads_to`` the last head that is released,
    ``cold`` how much colder than mild the place is.
    """
    folder.mkdir(parents=True)
    days = pd.date_range(FIRST, LAST, name=date)
    inputs = made_inputs(days, cold, seed)
    head = made_head(inputs, river="stage" in names.values())
    full = head.loc["2010-01-01"::][::every]
    shown = inputs[list(names.values())].set_axis(list(names), axis=1)
    if "rr" in names:
        shown = shown.assign(pp=1013.0, hu=80.0, fg=3.0, qq=120.0)
    shown.to_csv(folder / "input_data.csv")
    full.to_csv(folder / "heads_full.csv")
    full[:heads_to].to_csv(folder / "heads.csv")
    return folder
