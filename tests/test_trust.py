"""What a reading says against the truth: literal answers, nulls and rules."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy.stats import spearmanr

from swgw.attribution import agreement
from swgw.attribution import tests as trust
from swgw.attribution.groups import DRIVER_OF, EVAPORATION, OWN_PAST, RAIN, RIVER
from swgw.scores import ranks
from swgw.scores.bootstrap import Interval

DRIVERS = list(DRIVER_OF.values())


def test_rank_correlation_is_literal_and_knows_ties():
    assert ranks.rank_correlation([1, 2, 3, 4], [10, 30, 20, 40]) == pytest.approx(0.8)
    assert ranks.rank_correlation([1, 2, 3], [3, 2, 1]) == -1
    assert np.isnan(ranks.rank_correlation([1, 1, 1], [3, 2, 1]))
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 4, (2, 5, 20))
    expected = [spearmanr(a, b).statistic for a, b in zip(x, y, strict=True)]
    assert ranks.rank_correlation(x, y) == pytest.approx(expected)


def test_one_who_knows_the_truth_agrees_and_one_who_inverts_it_misleads():
    rng = np.random.default_rng(0)
    truth = rng.dirichlet(np.ones(3), 25)
    said = np.stack([truth + 0.02 * rng.random(truth.shape) for _ in range(3)])
    drawn = ranks.drawn_ranks(said, truth)
    assert ranks.trust(ranks.as_interval(drawn[:, -2], (3, 25))) == "agrees"
    assert ranks.trust(ranks.as_interval(drawn[:, -1], (3, 25))) == "agrees"
    against = ranks.drawn_ranks(1 - said, truth)
    assert against[0] == pytest.approx(-drawn[0])
    assert ranks.trust(ranks.as_interval(against[:, -2], (3, 25))) == "misleads"


def test_the_mean_over_wells_and_drivers_is_literal():
    truth = np.array([[1, 2, 3], [2, 1, 3], [3, 2, 1.0]])
    said = truth[None, :, [0, 2, 1]]
    drawn = ranks.drawn_ranks(said, truth, draws=1)[0]
    over_wells = [spearmanr(said[0, :, i], truth[:, i]).statistic for i in range(3)]
    assert drawn[:3] == pytest.approx(over_wells)
    assert drawn[3] == pytest.approx(np.mean(over_wells))
    over_drivers = [spearmanr(said[0, i], truth[i]).statistic for i in range(3)]
    assert drawn[4] == pytest.approx(np.mean(over_drivers))


def test_intervals_of_noise_cover_zero():
    rng = np.random.default_rng(1)
    misses = 0
    for _ in range(100):
        said, truth = rng.random((3, 25, 3)), rng.random((25, 3))
        found = ranks.as_interval(ranks.drawn_ranks(said, truth, draws=200)[:, -2], (3, 25))
        misses += not found.low <= 0 <= found.high
    assert misses <= 25  # nine in ten should; wells drawn anew with ties cost some


@pytest.mark.parametrize(
    ("interval", "word"),
    [
        (Interval(0.7, 0.4, 0.9, (3, 25)), "agrees"),
        (Interval(0.3, 0.1, 0.5, (3, 25)), "agrees weakly"),
        (Interval(0.3, -0.1, 0.5, (3, 25)), "tells nothing"),
        (Interval(-0.6, -0.8, -0.3, (3, 25)), "misleads"),
        (Interval(0.7, 0.4, 0.9, (1, 25)), "not judged"),
        (Interval(0.7, np.nan, np.nan, (3, 25)), "not judged"),
    ],
)
def test_each_word_of_the_rule(interval, word):
    assert ranks.trust(interval) == word


def test_seeds_that_say_the_same_agree():
    same = pd.DataFrame({0: [1, 2, 3.0], 1: [2, 4, 6.0], 2: [3, 2, 1.0]})
    found = ranks.agreement_of_seeds(same)
    assert (found.value, found.low, found.high) == pytest.approx((-1 / 3, -1, 1))
    assert np.isnan(ranks.agreement_of_seeds(same[[0]]).value)


# ---- a study whose network and truth are known ---------------------------------------------

WELLS = [f"w{i}" for i in range(12)]
TIME = pd.date_range("2001-01-01", "2006-12-31", freq="5D")


def shares_of_wells():
    return np.random.default_rng(5).dirichlet(np.ones(3), len(WELLS))


def contributions(share):
    """Give each driver white noise of a size that gives it its share of the variance."""
    rng = np.random.default_rng(6)
    noise = rng.normal(size=(3, len(WELLS), len(TIME))) * np.sqrt(share.T)[:, :, None]
    names = [*DRIVERS, "pumping", "interaction"]
    values = np.concatenate([noise, 9 + 0 * noise[:2]])
    coords = {"driver": names, "well": WELLS, "time": TIME}
    return xr.DataArray(values, coords, ("driver", "well", "time"))


def probe(seed, kind, share, inverted):
    """Give weights and needs that follow the true shares, or invert those of the weights."""
    rng = np.random.default_rng(seed)
    said = 1 - share if inverted else share
    names = ["surface_water_lag_3", "precipitation", "wind", "head_change"]
    weights = np.column_stack([said, np.full(len(said), 0.2)]) + 0.01 * rng.random((len(said), 4))
    groups = [RIVER, RAIN, EVAPORATION, OWN_PAST]
    need = np.column_stack([share, np.full(len(share), -0.1)])
    rise = np.repeat((need / 14).T[None, :, :, None], 14, axis=-1)
    return xr.Dataset(
        {
            "encoder": (("series", "encoder_variable"), weights),
            "decoder": (("series", "decoder_variable"), weights),
            "static": (("series", "static_variable"), np.full((len(said), 2), 0.5)),
            "loss": (("target", "series", "block"), np.full((1, len(said), 14), 1 / 14)),
            "rise_of_group": (("target", "group", "series", "block"), rise),
            "rise_in_season": (("target", "group", "series", "block"), rise),
            "rise_of_variable": (("target", "encoder_variable", "series", "block"), rise),
        },
        {
            "series": WELLS, "encoder_variable": names, "decoder_variable": names,
            "static_variable": ["slope", "cluster"], "group": groups, "target": ["head"],
        },
    )  # fmt: skip


class Known:
    """The face of a study, as far as the readings need it."""

    def __init__(self, inverted):
        span = {"start": TIME[0], "end": TIME[-1]}
        settings = {"lead_times": 6, "step": "5D"}
        settings |= {name: SimpleNamespace(**span) for name in ("train", "test")}
        self.basin = SimpleNamespace(settings=SimpleNamespace(**settings))
        self.profile = SimpleNamespace(seeds=(0, 1, 2))
        self.share, self.inverted = shares_of_wells(), inverted
        self.truth = SimpleNamespace(contributions=lambda: contributions(self.share))

        values = np.random.default_rng(8).normal(size=(len(TIME), len(WELLS)))
        noise = pd.DataFrame(values, TIME, WELLS)
        weather = noise.iloc[:, :2].set_axis(["precipitation", "wind"], axis=1)
        self.gauge = "g"
        self.prepared = SimpleNamespace(
            heads=noise,
            surface_water=noise.iloc[:, [3]].set_axis(["g"], axis=1),
            weather_of_well=lambda well: weather,
            steps_in_months=lambda months: round(months * 73 / 12),
        )

    def probe(self, seed, kind):
        return probe(seed, kind, self.share, self.inverted)


def test_the_truth_gives_each_driver_its_share():
    found = agreement.true_shares(Known(False))
    assert list(found) == DRIVERS
    assert np.abs(found.to_numpy() - shares_of_wells()).max() < 0.1
    assert np.allclose(found.sum(axis=1), 1)


def test_a_network_that_knows_the_truth_is_found_out_and_so_is_one_that_inverts_it():
    for over in (agreement.OVER_WELLS, agreement.OVER_DRIVERS):
        honest = agreement.agreement_of(Known(False), agreement.WEIGHTS, over)
        assert ranks.trust(honest) == "agrees" and honest.value > 0.8
        study = Known(True)
        assert ranks.trust(agreement.agreement_of(study, agreement.WEIGHTS, over)) == "misleads"
        assert ranks.trust(agreement.agreement_of(study, agreement.PERMUTED, over)) == "agrees"
        gap = agreement.advantage(study, agreement.PERMUTED, agreement.WEIGHTS, over)
        assert gap.low > 0


def test_a_head_that_is_the_river_correlates_with_it_alone():
    said, wells = agreement.said_by_correlation(Known(False), True)
    shares = pd.DataFrame(said[0], wells, DRIVERS)
    assert shares.loc["w3"].idxmax() == "river" and shares.loc["w0"].idxmax() == "irrigation"
    assert shares.loc["w1"].idxmax() == "evapotranspiration"
    assert np.allclose(shares.sum(axis=1), 1)


def test_the_table_of_agreement_names_every_reading_and_question():
    found = agreement.agreement(Known(False))
    assert set(found["over"]) == {*DRIVERS, agreement.OVER_WELLS, agreement.OVER_DRIVERS}
    assert {agreement.PERMUTED, agreement.BEFORE, agreement.CHANCE} <= set(found["reading"])
    assert (found["seeds"] == 3).all() and (found["wells"] == len(WELLS)).all()
    assert ((found["low"] <= found["value"]) & (found["value"] <= found["high"])).all()


def test_importance_is_the_rise_over_the_loss():
    study = Known(False)
    table = trust.importance_table(study, "head", "rise_of_group")
    total = study.share.sum(axis=0) / len(WELLS)
    assert table["value"].to_numpy()[:3] == pytest.approx(total, rel=1e-6)
    assert table.loc[OWN_PAST, "value"] == pytest.approx(-0.1)
    assert (trust.importance_contrast(study, "head", ["surface_water_lag_3"])).draws == (3, 14)


def test_weights_beside_their_null():
    study = Known(False)
    table = trust.weight_table(study, "encoder")
    assert table.loc["head_change", "value"] == pytest.approx(0.205, abs=0.003)
    assert (table["low"] <= table["value"]).all() and (table["value"] <= table["high"]).all()
    gap = trust.weight_contrast(study, "encoder", ["surface_water_lag_3"])
    others = table["value"].drop("surface_water_lag_3").mean()
    assert gap.value == pytest.approx(table.loc["surface_water_lag_3", "value"] - others)


def test_over_seeds_is_students_t():
    found = trust.over_seeds(np.array([1.0, 2.0, 3.0]))
    assert (found.value, found.low) == pytest.approx((2.0, 2 - 2.9199856 / np.sqrt(3)))
    assert np.isnan(trust.over_seeds(np.array([1.0])).low)
