"""Model folders: complete or absent, and nothing of a damaged or hostile one is ever used."""

import errno
import hashlib
import json
import os
import pickle
import struct

import numpy as np
import pytest
import safetensors.numpy

from claimkit.classifiers import load_classifier, make_classifier, save_classifier
from claimkit.classifiers.persistence import identity, read_model_file
from claimkit.errors import DataError, UsageError
from claimkit.jsonl.folders import writing_folder

ROWS = [(f"they {word} it on day {n}", "the treaty") for n in range(12) for word in ("back", "deny")]
STANCES = ["FAVOR", "AGAINST"] * 12


@pytest.fixture(scope="module")
def model():
    return make_classifier("ngrams", "pstance").fit(ROWS, STANCES)


@pytest.fixture
def folder(model, tmp_path):
    return save_classifier(model, tmp_path / "model")


def edit(folder, change):
    """Change model.json as a program would that means harm and knows the format."""
    path = folder / "model.json"
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def put(folder, name, raw):
    """Write a file and make its size and checksum in model.json agree."""
    (folder / name).write_bytes(raw)
    edit(folder, lambda model: model["files"].update({name: {"bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}}))


def put_tensors(folder, change, *, shapes=True):
    tensors = dict(safetensors.numpy.load((folder / "model.safetensors").read_bytes()))
    change(tensors)
    put(folder, "model.safetensors", safetensors.numpy.save(tensors))
    if shapes:
        edit(folder, lambda model: model.update(tensors={name: list(tensor.shape) for name, tensor in tensors.items()}))


def put_vocabulary(folder, change):
    vocabulary = json.loads((folder / "vocabulary.json").read_bytes())
    change(vocabulary)
    put(folder, "vocabulary.json", json.dumps(vocabulary).encode())
    edit(folder, lambda model: model.update(vocabularies={name: len(terms) for name, terms in vocabulary.items()}))


def cut(folder, name):
    raw = (folder / name).read_bytes()
    (folder / name).write_bytes(raw[: len(raw) // 2])


def flip(folder, name):
    raw = bytearray((folder / name).read_bytes())
    raw[len(raw) // 2] ^= 1
    (folder / name).write_bytes(raw)


def fill(array, value):
    changed = array.copy()
    changed.flat[0] = value
    return changed


def swap_for_folder(folder, name):
    (folder / name).unlink()
    (folder / name).mkdir()


def swap_for_pipe(folder, name):
    (folder / name).unlink()
    os.mkfifo(folder / name)


class Bomb:
    def __reduce__(self):
        return (os._exit, (77,))


BROKEN = {
    "model.json is missing": (lambda f: (f / "model.json").unlink(), "it has no model.json"),
    "model.json is no JSON": (lambda f: (f / "model.json").write_text("{'a': 1}"), "not valid JSON"),
    "model.json is cut off": (lambda f: cut(f, "model.json"), "not valid JSON"),
    "model.json is a list": (lambda f: (f / "model.json").write_text("[]"), "not what a model folder holds"),
    "model.json is a thousand brackets": (
        lambda f: (f / "model.json").write_text('{"a":' + "[" * 100_000),
        "not valid JSON|not what",
    ),
    "model.json is not UTF-8": (lambda f: (f / "model.json").write_bytes(b'{"format":"\xff"}'), "not valid JSON"),
    "model.json is huge": (lambda f: (f / "model.json").write_bytes(b" " * (5 << 20)), "more than the"),
    "the format is another": (lambda f: edit(f, lambda m: m.update(format="skops")), "'format' must be 'claimkit-model'"),
    "the version is of the future": (lambda f: edit(f, lambda m: m.update(format_version=99)), "version 99, this claimkit reads 1"),
    "a key is unknown": (lambda f: edit(f, lambda m: m.update(hook="x")), "unknown field `hook`"),
    "a key is missing": (lambda f: edit(f, lambda m: m.pop("labels")), "missing required field `labels`"),
    "the class is unknown": (lambda f: edit(f, lambda m: m.update(classifier="ngram")), "no classifier is named 'ngram'.*'ngrams'"),
    "the class is a path to code": (
        lambda f: edit(f, lambda m: m.update(classifier="os:system")),
        "no classifier is named 'os:system'",
    ),
    "a parameter is unknown": (lambda f: edit(f, lambda m: m["parameters"].update(command="x")), "no parameter 'command'"),
    "a parameter cannot be": (lambda f: edit(f, lambda m: m["parameters"].update(C=-1)), "C must be a number above 0"),
    "a parameter is enormous": (
        lambda f: edit(f, lambda m: m["parameters"].update(C=10**400)),
        "C must be a number|not valid JSON|not what",
    ),
    "a parameter has the wrong type": (
        lambda f: edit(f, lambda m: m["parameters"].update(min_df=[1])),
        "min_df must be a whole number",
    ),
    "n-grams are endless": (
        lambda f: edit(f, lambda m: m["parameters"].update(char_ngrams=[2, 10**9])),
        "char_ngrams must be two lengths",
    ),
    "a label occurs twice": (lambda f: edit(f, lambda m: m.update(labels=["FAVOR", "FAVOR"])), "labels must be"),
    "there is one label": (lambda f: edit(f, lambda m: m.update(labels=["FAVOR"])), "labels must be at least two"),
    "there is no label": (lambda f: edit(f, lambda m: m.update(labels=[])), "labels must be"),
    "counts are of other labels": (
        lambda f: edit(f, lambda m: m.update(label_counts={"A": 1, "B": 2})),
        "'label_counts' must have",
    ),
    "a count is negative": (
        lambda f: edit(f, lambda m: m.update(label_counts={"FAVOR": -1, "AGAINST": 2})),
        "'label_counts' must have",
    ),
    "a label was never seen": (
        lambda f: edit(f, lambda m: m.update(label_counts={"FAVOR": 0, "AGAINST": 2})),
        "'coef' has the shape",
    ),
    "a file is outside": (
        lambda f: edit(f, lambda m: m["files"].update({"../secret": m["files"]["vocabulary.json"]})),
        "unknown field `../secret`",
    ),
    "a file has another name": (
        lambda f: edit(f, lambda m: m["files"].update({"/etc/passwd": m["files"].pop("model.safetensors")})),
        "missing required field `model.safetensors`|unknown field",
    ),
    "tensors are missing": (lambda f: (f / "model.safetensors").unlink(), "there is no such file"),
    "tensors are cut off": (lambda f: cut(f, "model.safetensors"), "model.json says"),
    "a bit of the tensors is flipped": (lambda f: flip(f, "model.safetensors"), "checksum is not the one"),
    "tensors are a folder": (lambda f: swap_for_folder(f, "model.safetensors"), "not a regular file"),
    "tensors are a pipe": (lambda f: swap_for_pipe(f, "model.safetensors"), "not a regular file"),
    "tensors are a pickle": (lambda f: put(f, "model.safetensors", pickle.dumps(Bomb())), "not a safetensors file"),
    "tensors are empty": (lambda f: put(f, "model.safetensors", b""), "not a safetensors file"),
    "the header of tensors claims more than there is": (
        lambda f: put(f, "model.safetensors", struct.pack("<Q", 2**62) + b"{}"),
        "not a safetensors file",
    ),
    "a tensor is missing": (lambda f: put_tensors(f, lambda t: t.pop("coef")), "'coef' is missing"),
    "a tensor has another shape than model.json says": (
        lambda f: put_tensors(f, lambda t: t.update(coef=t["coef"][:, :-1]), shapes=False),
        "model.json says",
    ),
    "a tensor has another shape than its vocabulary": (
        lambda f: put_tensors(f, lambda t: t.update(coef=t["coef"][:, :-1])),
        "'coef' has the shape",
    ),
    "a tensor has more dimensions": (
        lambda f: put_tensors(f, lambda t: t.update(intercept=t["intercept"][None])),
        "'intercept' has the shape",
    ),
    "a tensor holds nan": (lambda f: put_tensors(f, lambda t: t.update(coef=fill(t["coef"], np.nan))), "'coef' must hold finite"),
    "a tensor holds infinity": (
        lambda f: put_tensors(f, lambda t: t.update(intercept=fill(t["intercept"], np.inf))),
        "must hold finite",
    ),
    "a tensor holds whole numbers": (
        lambda f: put_tensors(f, lambda t: t.update(coef=t["coef"].astype(np.int32))),
        "must hold finite",
    ),
    "a deviation is zero": (lambda f: put_tensors(f, lambda t: t.update(spread=t["spread"] * 0)), "deviation that is not above 0"),
    "the vocabulary is missing": (lambda f: (f / "vocabulary.json").unlink(), "there is no such file"),
    "the vocabulary is cut off": (lambda f: cut(f, "vocabulary.json"), "model.json says"),
    "a bit of the vocabulary is flipped": (lambda f: flip(f, "vocabulary.json"), "checksum is not the one"),
    "the vocabulary is a list": (lambda f: put(f, "vocabulary.json", b"[]"), "not what a model folder holds"),
    "the vocabulary holds numbers": (lambda f: put(f, "vocabulary.json", b'{"text_word":[1]}'), "not what a model folder holds"),
    "the vocabulary is longer than model.json says": (
        lambda f: put(f, "vocabulary.json", b'{"text_word":["a"]}'),
        "the vocabularies have the lengths",
    ),
    "the vocabulary is shorter than its tensors": (
        lambda f: put_vocabulary(f, lambda v: v["text_char"].pop()),
        "'idf.text_char' has the shape",
    ),
    "a vocabulary is missing": (lambda f: put_vocabulary(f, lambda v: v.pop("target_word")), "'target_word' is missing"),
    "the calibration is missing": (lambda f: edit(f, lambda m: m.update(facts={})), "'calibration' is missing"),
    "the calibration is of three labels": (
        lambda f: edit(f, lambda m: m["facts"]["calibration"].update(scale=[1, 1, 1])),
        "3 scales",
    ),
    "the calibration has an unknown key": (lambda f: edit(f, lambda m: m["facts"]["calibration"].update(x=1)), "unknown field `x`"),
    "the calibration turns scores around": (
        lambda f: edit(f, lambda m: m["facts"]["calibration"].update(scale=[-1, -1])),
        "must be above 0",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_folder_is_refused_in_one_sentence_when(case, folder):
    damage, message = BROKEN[case]
    damage(folder)
    with pytest.raises(DataError, match=message) as caught:
        load_classifier(folder)
    assert str(folder) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(DataError, match="there is no such model folder"):
        load_classifier(tmp_path / "nowhere")


def test_a_whole_folder_is_loaded_and_predicts_the_same(folder, model):
    assert (load_classifier(folder).predict_proba(ROWS) == model.predict_proba(ROWS)).all()


def test_files_of_a_run_beside_the_model_do_not_matter(folder, model):
    (folder / "result.json").write_text("{}")
    assert load_classifier(folder).predict(ROWS).tolist() == model.predict(ROWS).tolist()


def test_a_copied_folder_is_the_same_model(folder, tmp_path):
    copy = (tmp_path / "other place").resolve()
    folder.rename(copy)
    assert identity(load_classifier(copy)) == read_model_file(copy).identity


def test_the_identity_changes_with_anything_that_decides_a_prediction(model):
    other = make_classifier("ngrams", "pstance", C=2).fit(ROWS, STANCES)
    more = make_classifier("ngrams", "pstance").fit([*ROWS, ("good", "the treaty")], [*STANCES, "FAVOR"])
    names = {identity(each) for each in (model, other, more)}
    assert len(names) == 3
    assert all(name.startswith("ngrams@") for name in names)


def test_an_unfitted_classifier_is_not_saved(tmp_path):
    with pytest.raises(UsageError, match="was not fitted"):
        save_classifier(make_classifier("majority", "pstance"), tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


def test_a_class_outside_the_registry_is_not_saved(model, tmp_path):
    class Other(type(model)):
        pass

    with pytest.raises(UsageError, match="Other is not in the registry"):
        save_classifier(Other(("a", "b"), min_df=1).fit(ROWS, ["a", "b"] * 12), tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_in_it_is_not_overwritten(folder, model):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(DataError, match="something in it; name another, or replace it with --force"):
        save_classifier(model, folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_force_replaces_a_model(folder):
    (folder / "old.txt").write_text("of the old model")
    save_classifier(make_classifier("majority", "pstance").fit(ROWS, STANCES), folder, force=True)
    assert load_classifier(folder).name == "majority"
    assert not (folder / "old.txt").exists()
    assert [path.name for path in folder.parent.iterdir()] == ["model"]


def test_force_replaces_nothing_that_is_not_a_model(model, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(DataError, match=r"holds no model\.json, so it is not replaced"):
        save_classifier(model, tmp_path, force=True)
    assert (tmp_path / "thesis.txt").exists()


def test_a_file_in_the_place_of_the_folder_is_left_alone(model, tmp_path):
    (tmp_path / "model").write_text("a file")
    with pytest.raises(DataError, match="file or a link"):
        save_classifier(model, tmp_path / "model", force=True)
    assert (tmp_path / "model").read_text() == "a file"


def test_a_link_is_not_followed_to_replace_what_it_points_to(model, folder, tmp_path):
    (tmp_path / "link").symlink_to(folder)
    with pytest.raises(DataError, match="file or a link"):
        save_classifier(model, tmp_path / "link", force=True)
    assert load_classifier(folder).name == "ngrams"


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError, MemoryError])
def test_whatever_stops_the_writing_leaves_no_trace_and_the_old_model(error, folder):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(error, match=r"^$"), writing_folder(folder, force=True) as work:  # noqa: PT012 - the stop is what is tested
        (work / "model.json").write_text("{}")
        raise error
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in folder.parent.iterdir()] == ["model"]


def test_a_full_disk_is_a_sentence_about_the_folder(folder):
    with pytest.raises(DataError, match="model: no space left on device"), writing_folder(folder, force=True):
        raise OSError(errno.ENOSPC, "No space left on device")  # as a write raises it: without a name
    assert [path.name for path in folder.parent.iterdir()] == ["model"]


def test_missing_parents_are_made(model, tmp_path):
    save_classifier(model, tmp_path / "a" / "b" / "model")
    assert load_classifier(tmp_path / "a" / "b" / "model").name == "ngrams"


def test_a_relative_folder_in_the_current_one_is_written(model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load_classifier(save_classifier(model, "model")).name == "ngrams"


def test_the_card_tells_labels_rows_calibration_and_how_to_load(folder):
    card = (folder / "README.md").read_text()
    for part in (
        "FAVOR, AGAINST",
        "24 rows: FAVOR 12, AGAINST 12",
        "temperature scaling",
        "load_classifier",
        "has not been evaluated",
        "## Limits",
    ):
        assert part in card
    assert read_model_file(folder).identity in card
