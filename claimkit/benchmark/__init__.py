"""Benchmarks: recipes over public data sets, run once, scored with intervals and lift, and shown as a leaderboard."""

from __future__ import annotations

from claimkit.benchmark.results import Result, read_results
from claimkit.benchmark.run import Job, jobs_for, run_benchmark
from claimkit.benchmark.suites import RECIPES, SUITES
from claimkit.benchmark.tasks import Recipe, Task

__all__ = ["RECIPES", "SUITES", "Job", "Recipe", "Result", "Task", "jobs_for", "read_results", "run_benchmark"]
