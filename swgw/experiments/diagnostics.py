"""The part of a study that asks: its networks what they need, its numbers how firm they are."""

import pandas as pd
import xarray as xr

from swgw.attribution.work import read_probe
from swgw.experiments.choices_work import shifts


class Asked:
    """The part of ``Study`` that reads answers to questions about its models."""

    def probe(self, seed: int, kind: str) -> xr.Dataset:
        """What a seed's transformer needs, or weighs on shuffled inputs; see read_probe."""
        return read_probe(self, seed, kind)

    def choice_shifts(self) -> pd.DataFrame:
        """By how much headline numbers move when a choice is another; profile ``full`` only."""
        return shifts(self)
