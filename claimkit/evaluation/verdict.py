"""In a sentence: whether a system is better than a baseline that sees less."""

from __future__ import annotations

from claimkit.evaluation.result import Baseline, Evaluation


def verdict(evaluation: Evaluation) -> str:
    """Return whether a system is shown to be better than its best baseline, what that one sees, and what follows; for readers.

    Parameters
    ----------
    evaluation : Evaluation
        With baselines, by accuracy; without them the answer is empty.
    """
    best = _best(evaluation)
    if best is None:
        return ""
    lift = best.lift["accuracy"]
    if lift.value is None or lift.low is None or lift.high is None:
        return f"The best baseline is {best.name}; whether the model is better cannot be said from so few documents."
    seen = {
        "majority": "nothing at all",
        "majority-per-target": "the claim alone",
        "actor-only": "who speaks",
        "target-only": "the words of the claim alone",
        "text-only": "the words of the statement without the claim",
        "length-only": "how long the statement is",
        "sentiment-only": "how many of its words sound good or bad",
    }.get(best.name, "less")
    if lift.low > 0:
        return (
            f"The model beats the best baseline, {best.name}, which sees {seen}, by {lift.value:+.3f}; the interval excludes zero."
        )
    if lift.high < 0:
        by = f"by {-lift.value:.3f}; the interval excludes zero"
        return f"The baseline {best.name}, which sees {seen}, is better than the model {by}."
    return (
        f"The best baseline, {best.name}, sees {seen}. The difference to it, {lift.value:+.3f}, could be chance: its interval "
        "includes zero. So the model has not been shown to understand more than that."
    )


def _best(evaluation: Evaluation) -> Baseline | None:
    known = [base for base in evaluation.baselines if "accuracy" in base.metrics and base.metrics["accuracy"].value is not None]
    return max(known, key=lambda base: base.metrics["accuracy"].value or 0.0, default=None)
