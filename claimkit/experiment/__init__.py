"""Training runs: from a configuration to a model folder that says what it was made from and what it reaches."""

from __future__ import annotations

from claimkit.experiment.config import (
    ClassifierConfig,
    DataConfig,
    EvaluationConfig,
    ExperimentConfig,
    SplitConfig,
    config_hash,
    read_experiment,
)
from claimkit.experiment.run import Run, run_experiment

__all__ = [
    "ClassifierConfig",
    "DataConfig",
    "EvaluationConfig",
    "ExperimentConfig",
    "Run",
    "SplitConfig",
    "config_hash",
    "read_experiment",
    "run_experiment",
]
