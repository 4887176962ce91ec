"""Pastas: the head as a sum of smooth responses, which reach beyond the record's range.

Recharge is what rain and melt bring to the ground less a fitted share of the evaporation. The river
has a response of its own. The residuals go without a noise model, since no head is known where the
challenge scores.

:mod:`swgw.models.pastas` is the same idea for a basin's wells and past heads; what the two share is
Pastas itself.
"""

import logging
import warnings

import numpy as np
import pandas as pd

from benchmarks.challenge.network import SPIN_UP, drivers
from benchmarks.challenge.site import Site

WARM_UP = pd.Timedelta(days=SPIN_UP - 1)


def forecast_response(site: Site, seen: np.ndarray) -> pd.Series:
    """Fit on the heads that may be seen and simulate every day.

    Parameters
    ----------
    site : Site
    seen : bool array (day of heads,)
        Which heads the fit may use.

    Returns
    -------
    Series (day of inputs,)
        Head [m].
    """
    import pastas

    logging.getLogger("pastas").setLevel(logging.ERROR)
    heads = site.heads[seen]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Pastas and pandas to each other
        model = pastas.Model(heads)
        _add_stresses(pastas, model, drivers(site.inputs))
        model.solve(report=False, warmup=WARM_UP)
        days = site.inputs.index
        found = model.simulate(tmin=days[0], tmax=days[-1], warmup=WARM_UP)
    return pd.Series(found.to_numpy(), found.index).reindex(days)


def _add_stresses(pastas, model, table: pd.DataFrame) -> None:
    """Water with evaporation as far as it is known, and the river where there is one."""
    if "evaporation" in table:
        recharge = pastas.RechargeModel(
            table["water"], table["evaporation"].clip(lower=0), pastas.Gamma(), "recharge"
        )
        model.add_stressmodel(recharge)
    else:
        model.add_stressmodel(
            pastas.StressModel(table["water"], pastas.Gamma(), "rain", settings="prec")
        )
    if "stage" in table:
        stage = pastas.StressModel(table["stage"], pastas.Gamma(), "river", settings="waterlevel")
        model.add_stressmodel(stage)
