"""Model cards: what a model folder says about itself, only from facts that are at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from claimkit.classifiers.persistence import ModelFile

LIMITS = (
    "The model knows the labels of its scheme and nothing else; a text that takes no stance still gets one of them.",
    "It counts words and letters: irony, reported speech and negation far from its verb are beyond it.",
    "On other sources, periods, languages or targets than those of its training data it does worse, and its probabilities are off.",
    "One prediction is weak evidence; count many, and do not judge a person by one.",
)
_READS = (
    "Irony, reported speech and negation far from its verb still mislead it, and it has the biases of what it was pretrained on."
)
USE = """## Use

```bash
claimkit predict {name} items.jsonl
```

```python
from claimkit import load_classifier

model = load_classifier("{name}")
model.predict_proba([("text", "target")])
```
"""


def plain_card(model: ModelFile, name: str) -> str:
    """Return the card of a model of which only the training rows are known."""
    return card(model, name, "It has not been evaluated; `claimkit evaluate` does that on items it was not trained on.\n")


def card(model: ModelFile, name: str, evaluation: str, *, data: str = "", configuration: str = "") -> str:
    """Return a model card in Markdown.

    Parameters
    ----------
    model : ModelFile
    name : str
        Of the folder.
    evaluation, data, configuration : str
        Paragraphs in Markdown, each made from a run.
    """
    counts = ", ".join(f"{label} {n}" for label, n in model.label_counts.items())
    parts = [
        _header(model),
        f"# {name}\n",
        f"Stance classifier `{model.classifier}`: from a text and a target to one of {', '.join(model.labels)}.\n",
        f"## Training data\n\n{data}{model.n_rows} rows: {counts}.\n",
        f"## Evaluation\n\n{evaluation}",
        f"## Probabilities\n\n{_calibration(model.facts.get('calibration'))}\n",
        "## Limits\n\n" + "".join(f"- {limit}\n" for limit in _limits(model)),
        USE.format(name=name),
        f"## Configuration\n\n{configuration}\n" if configuration else "",
        f"`{model.identity}`. The folder holds data only: JSON and safetensors, no pickle; checksums are in `model.json`.\n",
    ]
    return "\n".join(part for part in parts if part)


def _limits(model: ModelFile) -> list[str]:
    pretrained = "config" in model.facts
    return [_READS if pretrained and limit.startswith("It counts words") else limit for limit in LIMITS]


def _header(model: ModelFile) -> str:
    return f"---\nlibrary_name: claimkit\npipeline_tag: text-classification\ntags: [stance-detection, {model.classifier}]\n---\n"


def _calibration(facts: Any) -> str:
    if not facts:
        return "They are label frequencies in the training rows, smoothed by one."
    if facts["method"] == "none":
        return f"They are not calibrated: {facts['note']}." if facts.get("note") else "They are not calibrated."
    before, after = facts["log_loss_before"], facts["log_loss_after"]
    if not facts["folds"]:
        return (
            f"They are calibrated by {facts['method']} scaling (Guo et al. 2017) on the {facts['rows']} rows that told training\n"
            f"when to stop; mean log loss there {before:.4f} before, {after:.4f} after, which is a little too good."
        )
    return (
        f"They are calibrated by {facts['method']} scaling (Guo et al. 2017) on out-of-fold scores of {facts['rows']} training\n"
        f"rows in {facts['folds']} folds; mean log loss there {before:.4f} before, {after:.4f} after."
    )
