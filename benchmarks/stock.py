"""The stock way: pytorch-forecasting's data set and loader, and Lightning's trainer.

The same series, windows, variables, network, loss and kind of optimiser as ours, put together as
the library's own documentation does. What only a bare loop can do is left out on purpose.
"""

import logging
import warnings

import lightning.pytorch as pl
import numpy as np
import pandas as pd
import torch
from case import Case
from pytorch_forecasting import TemporalFusionTransformer, TimeSeriesDataSet
from pytorch_forecasting.data.encoders import MultiNormalizer, NaNLabelEncoder, TorchNormalizer
from pytorch_forecasting.metrics import MultiLoss, QuantileLoss
from torch.utils.data import DataLoader

from swgw.scores.skill import LEVELS

for name in ("lightning.pytorch", "lightning.pytorch.utilities.rank_zero"):
    logging.getLogger(name).setLevel(logging.ERROR)


def make_dataset(case: Case) -> TimeSeriesDataSet:
    """Give the training years of a case to the library.

    Gaps are filled by 0, the mean, and steps where any target has one weigh nothing: the library
    knows one weight a step.
    """
    panel = case.panel
    targets = [f"target_{name}" for name in panel.targets]
    variables, known = list(panel.variables), panel.known
    classes = {
        name: NaNLabelEncoder().fit(pd.Series([f"{code:04d}" for code in range(count)]))
        for name, count in zip(panel.static_classes, panel.class_counts, strict=True)
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return TimeSeriesDataSet(
            _long_table(case, targets),
            time_idx="step",
            target=targets,
            group_ids=["series"],
            weight="weight",
            min_encoder_length=panel.encoder_length,
            max_encoder_length=panel.encoder_length,
            min_prediction_length=panel.lead_times,
            max_prediction_length=panel.lead_times,
            static_reals=list(panel.static_reals),
            static_categoricals=list(panel.static_classes),
            time_varying_known_reals=[v for v, k in zip(variables, known, strict=True) if k],
            time_varying_unknown_reals=[v for v, k in zip(variables, known, strict=True) if not k],
            target_normalizer=MultiNormalizer(
                [TorchNormalizer(method="identity") for _ in targets]
            ),
            categorical_encoders=classes,
            scalers=dict.fromkeys([*variables, *panel.static_reals]),
        )


def _long_table(case: Case, targets: list[str]) -> pd.DataFrame:
    """The training years as the library takes them: a line for each (series, step)."""
    panel, issues = case.panel, case.training.issues
    steps = np.arange(issues[0] - panel.encoder_length + 1, issues[-1] + panel.lead_times + 1)
    n, length = len(panel.series), len(steps)
    target = panel.target[:, steps].reshape(n * length, -1)
    columns = {"series": np.repeat([f"{i:05d}" for i in range(n)], length)}
    columns["step"] = np.tile(steps, n)
    columns["weight"] = np.isfinite(target).all(axis=1).astype(np.float32)
    columns |= dict(
        zip(panel.variables, panel.values[:, steps].reshape(n * length, -1).T, strict=True)
    )
    columns |= {v: np.repeat(panel.reals[:, i], length) for i, v in enumerate(panel.static_reals)}
    for i, name in enumerate(panel.static_classes):
        columns[name] = np.repeat([f"{code:04d}" for code in panel.classes[:, i]], length)
    columns |= dict(zip(targets, np.nan_to_num(target).T, strict=True))
    return pd.DataFrame(columns)


def make_loader(case: Case, dataset: TimeSeriesDataSet) -> DataLoader:
    """The library's own loader: shuffled windows, put together one by one in this process."""
    return dataset.to_dataloader(train=True, batch_size=case.run.batch_size, num_workers=0)


def make_stock(
    case: Case, dataset: TimeSeriesDataSet, hidden_size: int, kind=TemporalFusionTransformer
) -> TemporalFusionTransformer:
    """The library's network as it makes it from its data set, of our size.

    The variables keep our order, so that weights can be exchanged. The library averages its loss
    over the quantiles and adds it up over the targets; ours is the other way round.
    """
    losses = [QuantileLoss(list(LEVELS)) for _ in case.panel.targets]
    as_ours = len(LEVELS) / len(losses)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return kind.from_dataset(
            dataset,
            hidden_size=hidden_size,
            hidden_continuous_size=8,
            lstm_layers=1,
            dropout=case.run.dropout,
            attention_head_size=case.run.attention_heads,
            learning_rate=case.run.learning_rate,
            optimizer="adam",
            loss=MultiLoss(losses, weights=[as_ours] * len(losses)),
            time_varying_reals_encoder=list(case.panel.variables),
            output_size=[len(LEVELS)] * len(losses),
            causal_attention=True,
            log_interval=-1,
            logging_metrics=torch.nn.ModuleList(),
        )


def fit_stock(
    network: TemporalFusionTransformer,
    loader: DataLoader,
    steps: int,
    callback: pl.Callback,
    epochs: int = 1,
) -> None:
    """Train by Lightning with everything off that only tells or keeps."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        trainer = pl.Trainer(
            accelerator="cpu",
            max_epochs=epochs,
            limit_train_batches=steps,
            gradient_clip_val=1.0,
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            callbacks=[callback],
        )
        trainer.fit(network, train_dataloaders=loader)
