"""The page on transfer learning: its rules, and what it says where a basin has too few wells."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from swgw.basin.folder import load_basin
from swgw.basin.prepare import prepare_basin
from swgw.experiments.study import Study
from swgw.models.profiles import get_profile
from swgw.pages import transfer as page
from swgw.pages import transfer_choices
from swgw.scores.bootstrap import Interval
from swgw.transfer import claims, work
from swgw.transfer.results import read_transfer

PARTS = [
    getattr(module, name)
    for module in (page, transfer_choices)
    for name in dir(module)
    if name.startswith(("figure_", "table_", "words_"))
]


@pytest.fixture(scope="module")
def study(tiny_basin, tmp_path_factory):
    """A study of the example basin with every competitor of the smallest profile, two seeds."""
    prepared = prepare_basin(load_basin(tiny_basin))
    made = Study(prepared, get_profile("smoke", 2), tmp_path_factory.mktemp("transfer"))
    for result in work.transfer_results(made).values():
        result.fill()
    return made


@pytest.mark.parametrize("part", PARTS)
def test_every_part_of_the_page_is_there(study, part):
    found = part(study)
    assert isinstance(found, Figure) if part.__name__.startswith("figure") else found.data.strip()


@pytest.mark.parametrize("part", PARTS)
def test_two_wells_give_the_reason_instead(study, part, monkeypatch):
    monkeypatch.setattr(transfer_choices, "lack_of", lambda study: "2 wells where a mean needs 3")
    found = part(study)
    if not part.__name__.startswith("figure"):
        assert "2 wells where a mean needs 3" in found.data


def test_finished_jobs_are_found_and_tables_have_every_well(study):
    assert all(result.is_finished() for result in work.transfer_results(study).values())
    tables = claims.transfer_tables(study)
    assert set(tables["transfer"]["approach"]) == set(read_transfer(study).hindcasts)
    counts = tables["transfer_scores"].groupby(["approach", "seed"])["well_id"].nunique()
    assert counts.eq(4).all()
    assert (tables["transfer"].set_index("approach")["seconds"].dropna() > 0).all()


def test_nse_of_an_approach_is_that_of_its_hindcast(study):
    transfer = read_transfer(study)
    data = transfer.hindcasts["SVR"]
    obs, sim = data["observed"].to_numpy()[0, :, 0], data["forecast"].to_numpy()[0, 0, :, 0]
    both = np.isfinite(obs)
    expected = 1 - ((sim - obs)[both] ** 2).sum() / ((obs[both] - obs[both].mean()) ** 2).sum()
    well = str(data["well"].to_numpy()[0])
    assert transfer.nse("SVR")[well].iloc[0] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(50.42, "50"), (0.028, "0.028"), (1.04, "1.0"), (np.nan, "–"), (240, "240")],
)
def test_a_time_has_two_significant_digits(seconds, text):
    assert page._seconds(seconds) == text


def test_depths_that_make_no_difference_have_no_best():
    same = pd.Series([0.8381, 0.8379, 0.838], index=[0, 1, 2])
    assert "best" not in transfer_choices._depth(same)
    assert "the best is with 1 of 4" in transfer_choices._depth(same + pd.Series([0, 0.1, 0]))


def test_only_the_book_s_own_basin_was_seen_when_the_settings_were_listed(study):
    assert "scores of another basin in sight" in page.words_setting(study).data


@pytest.mark.parametrize(
    ("alone", "pretrained", "free", "words"),
    [
        (0.5, 0.7, 0.6, ("ahead of individual training", "ahead of damped persistence.")),
        (-0.2, -0.3, -0.3, ("behind individual", "level with damped", "All three are worse")),
    ],
)
def test_the_shortest_record_is_answered_in_words(study, alone, pretrained, free, words):
    by = {"IT-LSTM": alone, "TL-LSTM, other wells": pretrained, "damped persistence": free}
    rows = [
        {"approach": name, "years": years, "nse": value + years - 1, "lead_time": 1}
        for name, value in by.items()
        for years in (1, 4)
    ]
    fake = SimpleNamespace(hunger=pd.DataFrame(rows))
    said = transfer_choices.words_hunger.__wrapped__(study, fake).data
    assert all(word in said for word in ("With 1 year of record", *words))


@pytest.mark.parametrize(
    ("low", "high", "seeds", "word"),
    [
        (-0.04, 0.04, 3, "supported"),
        (-0.06, 0.04, 3, "inconclusive"),
        (-0.2, -0.06, 3, "contradicted"),
        (0.06, 0.2, 3, "contradicted"),
        (-0.04, 0.04, 1, "not judged"),
    ],
)
def test_nearly_identical_is_an_interval_inside_the_margin(low, high, seeds, word):
    assert claims.identical(Interval(0.0, low, high, (seeds, 25)), margin=0.05) == word


def test_a_hilly_well_stands_out_by_its_slope():
    slopes = pd.DataFrame({"slope": [0.3, 3.0, 0.5]}, index=["a", "b", "c"])
    assert claims.steep_well(slopes) == "b"
    assert claims.steep_well(slopes.assign(slope=[0.3, 0.6, 0.5])) is None
    assert claims.steep_well(slopes[[]]) is None


@pytest.mark.parametrize(("times", "word"), [(20, "supported"), (80, "inconclusive"),
                                             (120, "contradicted")])  # fmt: skip
def test_a_fraction_of_the_time_is_less_than_half(times, word):
    found = SimpleNamespace(seconds=pd.Series({"TL-LSTM": times, "IT-LSTM": 100.0}))
    assert claims.time_share(found) == (times / 100, word)


def test_transfer_that_loses_where_wells_differ_is_noticed():
    wells = [f"w{i}" for i in range(30)]
    like = pd.Series(np.linspace(0, 1, 30), wells)
    rng = np.random.default_rng(0)
    alone = pd.DataFrame(0.9 + rng.normal(0, 0.01, (3, 30)), columns=wells)
    lost = {"IT-LSTM": alone, "TL-LSTM": alone - 0.3 * (1 - like)}
    fake = SimpleNamespace(nse=lambda name, lead_time=1: lost[name], likeness=like)
    found = claims.likeness_interval(fake, draws=100)
    assert found.value == pytest.approx(1.0)
    assert found.low > 0.9
    assert claims.median_interval(claims.difference(fake, "TL-LSTM", "IT-LSTM")).high < 0
