"""Errors year by year: the shares are right, and the verdict follows from the arms."""

import numpy as np
import pandas as pd
import pytest
from fake_study import VARIANTS, make_study

from swgw.pages import years
from swgw.pages.ceiling import best_reference


def _seeds(**rows):
    return pd.DataFrame(rows, index=["a", "b"]).T.rename(index=lambda name: int(name[1:]))


GOOD = _seeds(y2010=[0.8, 0.9], y2011=[0.7, 0.6])
BAD = _seeds(y2010=[1.1, 1.2], y2011=[0.7, 1.6])
WORSE = _seeds(y2010=[1.3, 1.4], y2011=[1.01, 1.1])


@pytest.mark.parametrize(
    ("control", "single", "said"),
    [
        (BAD, GOOD, "the other water's past that misleads"),
        (GOOD, GOOD, "the second loss that costs"),
        (BAD, BAD, "unlike those of the training"),
    ],
)
def test_each_cause_can_be_found(control, single, said):
    text = years._verdict({"MT-TFT": WORSE, "ST+-TFT": control, "ST-TFT": single})
    assert "behind in 2010 and 2011. In 2010" in text
    assert said in text


def test_a_year_that_one_seed_wins_is_not_lost():
    assert "behind in 2010." in years._verdict({"MT-TFT": BAD})
    assert "no year" in years._verdict({"MT-TFT": GOOD})
    assert "One seed" in years._verdict({"MT-TFT": WORSE[["a"]]})


def test_shares_are_those_of_a_plain_loop():
    study = make_study(**VARIANTS["everything"])
    found = years.relative_errors(study, "head", "MT-TFT")
    mine, its = 0.0, 0.0
    year = found.index[0]
    hindcast = study.hindcast("head", "MT-TFT", 0)
    for lead in hindcast["lead_time"].to_numpy():
        name = best_reference(study, "head", None, int(lead))
        reference = study.hindcast("head", name)
        for well in hindcast["series"].to_numpy():
            where = {"series": well, "lead_time": lead}
            own, other = (each["forecast"].sel(where).to_numpy() for each in (hindcast, reference))
            obs = hindcast["observed"].sel(where).to_numpy()
            valid = hindcast["valid_time"].sel(lead_time=lead).dt.year.to_numpy()
            scored = np.isfinite(own + other + obs) & (valid == year)
            spread = np.nanstd(obs)
            mine += (((own - obs)[scored] / spread) ** 2).sum()
            its += (((other - obs)[scored] / spread) ** 2).sum()
    assert found.loc[year, 0] == pytest.approx(mine / its)


def test_a_tilt_is_told_with_its_side():
    said = years._tilt("MT-TFT", 2012, pd.Series({"model": 0.13, "reference": -0.06}))
    assert "MT-TFT lie 0.13 standard deviations too high" in said
    assert "reference 0.06 standard deviations too low" in said


def test_forecasts_raised_by_half_a_deviation_lie_that_much_higher():
    study = make_study(**VARIANTS["everything"])
    year = int(years.relative_errors(study, "head", "MT-TFT").index[0])
    before = years.offsets(study, "head", "MT-TFT", year)
    read = study.hindcast

    def raised(task, model, *seed):
        found = read(task, model, *seed)
        if model != "MT-TFT":
            return found
        half = 0.5 * found["observed"].std("issue_time")
        return found.assign(forecast=found["forecast"] + half)

    study.hindcast = raised
    after = years.offsets(study, "head", "MT-TFT", year)
    assert after["model"] - before["model"] == pytest.approx(0.5)
    assert after["reference"] == pytest.approx(before["reference"])
