"""What every classifier of the registry must do, whoever wrote it."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from claimkit.classifiers import CLASSIFIERS, load_classifier, make_classifier, save_classifier
from claimkit.errors import DataError, MissingExtraError
from claimkit.records import Item

PRETRAINED = ("transformer", "zero-shot")  # they need a pretrained network, which their own tests bring
NAMES = [name for name in CLASSIFIERS if name not in PRETRAINED]
LABELS = ("support", "oppose", "neutral", "unclear")
WORDS = {
    "support": ("welcomes", "backs", "praised the plan"),
    "oppose": ("denies", "rejects", "never accepted it"),
    "neutral": ("mentioned", "was asked about", "met on"),
}
TARGETS = ("the treaty holds", "the border is open", "talks will resume")


def sample(n=90):
    """Items of three labels of four, in documents of three, from a fixed pattern."""
    items = []
    for index in range(n):
        label = list(WORDS)[(index * 7 + index // 5) % 3]
        words = WORDS[label][index % 3]
        items.append(
            Item(
                id=f"i{index}",
                text=f"The minister of state {index % 11} {words} {TARGETS[index % 3]} on day {index % 17}",
                target=TARGETS[index % 3],
                stance=label,
                scheme=LABELS,
                groups={"document": f"d{index // 3}", "speaker": f"s{index % 4}"},
            )
        )
    return items


ITEMS = sample()


def made(name, **parameters):
    try:
        return make_classifier(name, LABELS, **parameters)
    except MissingExtraError as missing:
        pytest.skip(str(missing))


@pytest.fixture(params=NAMES, scope="module")
def name(request):
    return request.param


@pytest.fixture(scope="module")
def fitted(name):
    return made(name).fit(ITEMS)


def test_the_name_in_the_registry_is_the_name_of_the_class(name):
    assert type(made(name)).name == name


def test_classes_are_the_labels_of_the_scheme_in_its_order(fitted):
    assert fitted.classes_.tolist() == list(LABELS)


def test_probabilities_are_finite_and_sum_to_one_in_every_row(fitted):
    probabilities = fitted.predict_proba(ITEMS)
    assert probabilities.shape == (len(ITEMS), 4)
    assert np.isfinite(probabilities).all()
    assert (probabilities >= 0).all()
    assert np.allclose(probabilities.sum(axis=1), 1)


def test_a_label_that_training_did_not_have_has_probability_zero(fitted):
    assert (fitted.predict_proba(ITEMS)[:, 3] == 0).all()
    assert fitted.label_counts_["unclear"] == 0


def test_the_prediction_is_the_most_probable_label(fitted):
    expected = fitted.classes_[fitted.predict_proba(ITEMS).argmax(axis=1)]
    assert fitted.predict(ITEMS).tolist() == expected.tolist()


def test_the_score_is_the_share_of_right_predictions(fitted):
    right = np.mean([item.stance == label for item, label in zip(ITEMS, fitted.predict(ITEMS), strict=True)])
    assert fitted.score(ITEMS) == pytest.approx(right)


def test_a_clone_has_the_same_parameters_and_no_memory(fitted):
    copy = clone(fitted)
    assert copy.get_params() == fitted.get_params()
    with pytest.raises(NotFittedError, match="not fitted"):
        copy.predict(ITEMS)


def test_fitting_leaves_the_parameters_untouched(name):
    model = made(name)
    before = {key: (id(value), value) for key, value in model.get_params().items()}
    model.fit(ITEMS)
    assert {key: (id(value), value) for key, value in model.get_params().items()} == before


def test_parameters_can_be_read_and_set(name):
    model = made(name)
    assert made(name).set_params(**model.get_params()).get_params() == model.get_params()


def test_an_unfitted_classifier_says_so(name):
    with pytest.raises(NotFittedError, match="not fitted"):
        made(name).predict_proba(ITEMS)


def test_one_row_of_each_label_is_enough(name):
    rows = [next(item for item in ITEMS if item.stance == label) for label in WORDS]
    assert made(name).fit(rows).predict(rows).shape == (3,)


def test_no_row_is_a_clear_error(name):
    with pytest.raises(ValueError, match="there is no row"):
        made(name).fit([])


def test_a_row_without_stance_is_a_clear_error(name):
    with pytest.raises(ValueError, match="row 1 has no stance"):
        made(name).fit([ITEMS[0], Item(id="x", text="t", target="g")])


def test_a_label_outside_the_scheme_is_a_clear_error_that_names_a_near_miss(name):
    rows = [*ITEMS, Item(id="x", text="t", target="g", stance="suport")]
    with pytest.raises(DataError, match=r"'suport' of row 90 is not one of support, .*did you mean 'support'"):
        made(name).fit(rows)


def test_rows_and_labels_of_different_number_are_a_clear_error(name):
    with pytest.raises(ValueError, match="one label for each row"):
        made(name).fit(ITEMS, ["support"])


def test_a_prediction_does_not_depend_on_the_rows_beside_it(fitted):
    whole = fitted.predict_proba(ITEMS)
    alone = np.concatenate([fitted.predict_proba([item]) for item in ITEMS[:20]])
    assert np.allclose(whole[:20], alone, rtol=0, atol=1e-12)


def test_strange_texts_are_predicted_like_any_other(fitted):
    texts = ["", " ", "\n\n", "a", "🇵🇰" * 50, "\x00", "\ud800", "ß" * 10_000, "İstanbul", "don’t", "مرحبا", "中" * 300]
    rows = [Item(id=f"x{index}", text=text, target=text) for index, text in enumerate(texts)]
    assert np.allclose(fitted.predict_proba(rows).sum(axis=1), 1)


def test_a_loaded_model_gives_exactly_the_same_probabilities(fitted, tmp_path):
    loaded = load_classifier(save_classifier(fitted, tmp_path / "model"))
    assert type(loaded) is type(fitted)
    assert (loaded.predict_proba(ITEMS) == fitted.predict_proba(ITEMS)).all()


def test_saving_twice_writes_the_same_bytes(fitted, name, tmp_path):
    first, second = (
        save_classifier(fitted, tmp_path / "a" / "model"),
        save_classifier(made(name).fit(ITEMS), tmp_path / "b" / "model"),
    )
    assert contents(first) == contents(second)


def test_a_loaded_model_saves_to_the_same_bytes(fitted, tmp_path):
    first = save_classifier(fitted, tmp_path / "a" / "model")
    assert contents(save_classifier(load_classifier(first), tmp_path / "b" / "model")) == contents(first)


def test_a_model_folder_holds_no_pickle(fitted, tmp_path):
    folder = save_classifier(fitted, tmp_path / "model")
    assert sorted(path.name for path in folder.iterdir()) == ["README.md", "model.json", "model.safetensors", "vocabulary.json"]


TRAIN_ALL = """
import sys
sys.path.insert(0, sys.argv[2])
from test_every_classifier import CLASSIFIERS, ITEMS, LABELS, sample
from claimkit.classifiers import make_classifier, save_classifier
for name in sys.argv[3].split(","):
    save_classifier(make_classifier(name, LABELS).fit(sample(300)), f"{sys.argv[1]}/{name}")
"""


def test_hash_seed_and_number_of_threads_do_not_change_a_byte(tmp_path):
    runs = []
    for hash_seed, threads in (("0", "1"), ("1", "2"), ("2", "2")):
        folder = tmp_path / f"run{hash_seed}"
        variables = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        env = {**os.environ, "PYTHONHASHSEED": hash_seed, **dict.fromkeys(variables, threads)}
        arguments = [sys.executable, "-c", TRAIN_ALL, folder, str(Path(__file__).parent), ",".join(NAMES)]
        subprocess.run(arguments, check=True, env=env, timeout=300)
        runs.append({name: contents(folder / name) for name in NAMES})
    assert runs[0] == runs[1] == runs[2]


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
