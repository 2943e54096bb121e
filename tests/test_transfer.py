"""Transfer: what one part teaches about another, with no text on both sides, and nothing done twice."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.catalog.shared_texts import known_texts
from claimkit.classifiers import make_classifier
from claimkit.errors import UsageError
from claimkit.experiment.matrix import guess_value, run_transfer
from claimkit.experiment.parts import Given, load_given, parts_by_data, parts_by_target, shared_scheme
from claimkit.experiment.transfer import OTHERS, System, _quotas, plan_tasks
from claimkit.labelmaps import map_onto
from claimkit.records import Item
from claimkit.records.base import encode
from claimkit.report.transfer import markdown_matrices, transfer_page
from claimkit.schemes import SCHEMES, LabelScheme, scheme_of

TWO = scheme_of("support,oppose")
NGRAMS = System(name="ngrams", classifier="ngrams", parameters={"min_df": 1})
GOOD = {"a": ("agreed", "backed"), "b": ("agreed", "backed"), "c": ("oui", "si")}  # a and b speak one language, c another
BAD = {"a": ("denied", "rejected"), "b": ("denied", "rejected"), "c": ("non", "nein")}


def items(name, part, n=60, scheme=("support", "oppose")):
    rows = []
    for k in range(n):
        stance = scheme[k % 2]
        word = (GOOD if k % 2 == 0 else BAD)[name][k // 2 % 2]
        text = f"{name} {part} number {k * 13 % 997} {word} the motion {k * 37 % 101}"
        groups = {"document": f"{part}{k // 3}"}
        rows.append(
            Item(id=f"{part}{k}", text=text, target=f"motion {name}", stance=stance, scheme=scheme, split=part, groups=groups)
        )
    return rows


def given_data(name, scheme=TWO, **options):
    return Given(name, scheme, items(name, "train", **options), items(name, "test", **options))


def parts():
    return parts_by_data([given_data(name) for name in "abc"], TWO)


def make(name, parameters):
    return make_classifier(name, TWO, **parameters)


def run(work, **options):
    return run_transfer(options.pop("parts", None) or parts(), [NGRAMS], make, TWO, work, replicates=300, **options)


# maps to shared labels


@pytest.mark.parametrize(
    ("scheme", "pairs"),
    [
        ("semeval2016", {"FAVOR": "support", "AGAINST": "oppose", "NONE": "neutral"}),
        ("vast", {"con": "oppose", "pro": "support", "neutral": "neutral"}),
        ("fnc1", {"agree": "support", "disagree": "oppose", "discuss": "neutral"}),
        ("rumoureval", {"support": "support", "deny": "oppose", "comment": "neutral"}),
        ("newsmtsc", {"negative": "oppose", "neutral": "neutral", "positive": "support"}),
        ("claims", {"support": "support", "oppose": "oppose", "neutral": "neutral"}),
    ],
)
def test_every_scheme_with_three_stances_reaches_the_shared_one(scheme, pairs):
    assert map_onto(SCHEMES[scheme], scheme_of("support,oppose,neutral")).mapping == pairs


@pytest.mark.parametrize("scheme", ["pstance", "perspectrum", "ibm-claim-stance"])
def test_a_scheme_of_two_stances_reaches_two_of_them_and_is_refused_where_three_are_wanted(scheme):
    found = map_onto(SCHEMES[scheme], TWO)
    assert (set(found.mapping.values()), found.loses) == ({"support", "oppose"}, ())
    with pytest.raises(UsageError, match=r"is known to mean neutral; name it with --label-map FROM=neutral.*support,oppose"):
        map_onto(SCHEMES[scheme], scheme_of("support,oppose,neutral"))


def test_the_same_labels_are_kept_as_they_are_and_pairs_of_ones_own_go_before():
    assert map_onto(SCHEMES["semeval2016"], SCHEMES["semeval2016"]).mapping == {name: name for name in ("FAVOR", "AGAINST", "NONE")}
    given = map_onto(SCHEMES["fnc1"], scheme_of("support,oppose,neutral"), "unrelated=neutral,yes=support")
    assert given.mapping == {"agree": "support", "disagree": "oppose", "discuss": "neutral", "unrelated": "neutral"}


@pytest.mark.parametrize(
    ("text", "message"),
    [("yes", "'yes' is not a pair FROM=TO"), ("yes=suport", "'suport' is not one of support, oppose; did you mean 'support'")],
)
def test_pairs_that_cannot_be_are_refused(text, message):
    with pytest.raises(UsageError, match=message):
        map_onto(scheme_of("yes,no"), TWO, text)


# parts


def test_rows_without_a_counterpart_are_left_out_and_counted():
    rows = [
        Item(id=str(n), text=f"t {n}", target="x", stance=stance) for n, stance in enumerate(("FAVOR", "AGAINST", "NONE", "NONE"))
    ]
    (part,) = parts_by_data([Given("mine", SCHEMES["semeval2016"], rows, rows[:3])], TWO)
    assert ([item.stance for item in part.train], [item.stance for item in part.test]) == (["support", "oppose"],) * 2
    assert part.left_out == {"NONE": 3}
    assert not part.folded


def test_data_of_one_scheme_keep_it_and_others_meet_in_three_labels():
    one = given_data("a", scheme=SCHEMES["pstance"])
    assert shared_scheme([one, one]).labels == ("FAVOR", "AGAINST")
    assert shared_scheme([one, given_data("b")]).labels == ("support", "oppose", "neutral")


def test_frequent_targets_become_parts_and_a_rare_one_is_taken_only_by_name():
    (part,) = parts_by_data([given_data("a")], TWO)
    rows = [msgspec.structs.replace(item, target=("much" if k % 6 else "little")) for k, item in enumerate(part.train)]
    data = [msgspec.structs.replace(part, train=rows, test=rows)]
    found = parts_by_target(data, least_learnt=5, least_scored=5)
    assert {one.name: len(one.train) for one in found} == {"little": 10, "much": 50}
    with pytest.raises(UsageError, match="1 targets have at least 20 rows to learn from or 20 to score; two are needed"):
        parts_by_target(data, least_learnt=20, least_scored=20)
    with pytest.raises(UsageError, match="no item has the target 'muhc'; did you mean 'much'"):
        parts_by_target(data, ["muhc"])


def test_a_file_without_splits_is_learnt_from_and_scored_in_folds(tmp_path):
    path = tmp_path / "mine.jsonl"
    path.write_bytes(b"".join(encode(msgspec.structs.replace(item, split=None)) + b"\n" for item in items("a", "all")))
    (part,) = parts_by_data([load_given(str(path))], TWO)
    assert part.folded
    assert (part.name, len(part.train), len(part.test)) == ("mine", 60, 60)


# texts on both sides


def test_texts_of_the_scored_part_and_near_copies_are_known_whatever_their_capitals():
    long = "the talks broke down in Doha on Friday night after nine hours of quarrel about the border"
    train = [Item(id=str(n), text=text, target="x") for n, text in enumerate(("We REJECT this!", long, "Something else entirely."))]
    test = [Item(id="1", text="we reject this", target="y"), Item(id="2", text=f"{long} again", target="y")]
    assert known_texts({"a": train}, {"b": test, "c": test[:1]}) == {
        ("a", "b"): frozenset({"We REJECT this!", long}),
        ("a", "c"): frozenset({"We REJECT this!"}),
    }


def test_no_text_of_the_scored_part_is_learnt_from_in_any_cell_unless_that_is_wanted():
    mixed = parts()
    leaky = msgspec.structs.replace(mixed[0], train=[*mixed[0].train, *mixed[1].test[:7]])
    tasks = plan_tasks([leaky, *mixed[1:]])
    for task in tasks:
        assert not {item.text for item in task.train} & {item.text for item in task.test}
    assert {(task.row, task.column): task.removed for task in tasks if task.removed} == {("a", "b"): 7, (OTHERS, "b"): 7}
    kept = plan_tasks([leaky, *mixed[1:]], keep_shared=True)
    assert sum(task.removed for task in kept) == 0


# which rows are learnt from


def test_a_row_learns_from_one_part_and_all_others_from_every_part_but_the_scored_one():
    tasks = {(task.row, task.column): task for task in plan_tasks(parts())}
    assert len(tasks) == 12
    assert {item.target for item in tasks["a", "b"].train} == {"motion a"}
    assert {item.target for item in tasks[OTHERS, "b"].train} == {"motion a", "motion c"}
    assert all(row != OTHERS for row, _ in {(task.row, task.column): 0 for task in plan_tasks(parts(), others=False)})


def test_the_sample_is_the_same_for_every_column_and_changes_with_the_seed():
    tasks = [task for task in plan_tasks(parts(), max_train=20) if task.row == "a"]
    assert {len(task.train) for task in tasks} == {20}
    assert len({tuple(item.id for item in task.train) for task in tasks}) == 1
    other = next(task for task in plan_tasks(parts(), max_train=20, seed=14) if task.row == "a")
    assert [item.id for item in other.train] != [item.id for item in tasks[0].train]


@given(st.dictionaries(st.sampled_from("abcdefg"), st.integers(0, 50), min_size=1), st.integers(0, 200))
def test_all_others_share_what_may_be_learnt_as_equally_as_their_sizes_allow(sizes, most):
    found = _quotas(sizes, most)
    assert all(found[name] <= size for name, size in sizes.items())
    assert sum(found.values()) <= most
    assert sum(found.values()) >= min(most - len(sizes) + 1, sum(sizes.values())) or sum(found.values()) == sum(sizes.values())
    short = [found[name] for name in sizes if found[name] < sizes[name]]
    assert not short or max(short) - min(short) <= 1
    assert not short or max(found.values()) <= max(short) + 0


def test_one_part_is_no_matrix():
    with pytest.raises(UsageError, match="a matrix needs at least two parts"):
        plan_tasks(parts()[:1])


# scores


@given(st.lists(st.integers(0, 40), min_size=2, max_size=5).filter(lambda counts: sum(counts) > 0))
def test_guessing_by_shares_has_a_macro_f1_of_one_over_the_number_of_labels(counts):
    scheme = LabelScheme("given", tuple("abcde"[: len(counts)]))
    shares = [count / sum(counts) for count in counts]
    assert guess_value("f1_macro", counts, scheme) == pytest.approx(1 / len(counts))
    assert guess_value("accuracy", counts, scheme) == pytest.approx(sum(share**2 for share in shares))


def test_what_is_learnt_carries_over_to_like_words_and_not_to_others(tmp_path):
    result = run(tmp_path)
    matrix = result.matrices[0]
    for row, column, above in (("a", "a", True), ("a", "b", True), ("b", "a", True), ("a", "c", False), ("c", "b", False)):
        cell = matrix.cell(row, column)
        assert cell.is_above is above, (row, column)
        assert (cell.metrics["f1_macro"].value > 0.9) is above
        assert cell.metrics["f1_macro"].signature.split("|")[0] == "f1_macro"
    assert matrix.cell("a", "a").change == {}
    assert matrix.cell("a", "c").change["f1_macro"].high < 0
    assert matrix.cell("c", "c").metrics["f1_macro"].value > 0.9


def test_the_lift_is_over_the_majority_of_the_rows_that_are_scored(tmp_path):
    result = run(tmp_path)
    column = result.columns[0]
    assert (column.n, column.counts, column.majority_label) == (60, {"support": 30, "oppose": 30}, "support")
    assert column.majority["f1_macro"].value == pytest.approx(1 / 3)  # F1 of one label is 2/3, of the other 0
    assert column.clusters == {"document": 20}
    cell = result.matrices[0].cell("c", "a")
    assert cell.lift["f1_macro"].value == pytest.approx(cell.metrics["f1_macro"].value - 1 / 3)


def test_a_part_whose_rows_are_both_learnt_from_and_scored_is_predicted_in_folds(tmp_path):
    mixed = parts()
    rows = parts_by_data([given_data("a", n=240)], TWO)[0].test
    folded = msgspec.structs.replace(mixed[0], train=rows, test=rows, folded=True)
    cell = run(tmp_path, parts=[folded, *mixed[1:]]).matrices[0].cell("a", "a")
    assert cell.in_folds
    assert cell.learnt == 192
    assert cell.metrics["f1_macro"].value > 0.9


def test_a_part_with_one_label_is_refused_as_a_row_and_stops_nothing(tmp_path):
    mixed = parts()
    same = [msgspec.structs.replace(item, stance="support") for item in mixed[0].train]
    result = run(tmp_path, parts=[msgspec.structs.replace(mixed[0], train=same), *mixed[1:]])
    cell = result.matrices[0].cell("a", "b")
    assert "all 60 training rows have the label 'support'" in cell.refusal
    assert cell.metrics == {}
    assert result.matrices[0].cell("b", "b").metrics["f1_macro"].value > 0.9
    assert "all 60 training rows" in transfer_page(result)


def test_what_is_done_is_not_learnt_again_and_an_interruption_costs_one_cell(tmp_path):
    said = []
    first = run(tmp_path, say=said.append)
    assert sum("learning from a " in words for words in said) == 1  # one model for all three columns
    files = sorted(tmp_path.glob("*.jsonl"))
    assert len(files) == 12
    said.clear()
    files[0].unlink()
    again = run(tmp_path, say=said.append)
    assert len(said) == 1
    assert msgspec.json.encode(again) == msgspec.json.encode(first)
    said.clear()
    run(tmp_path, say=said.append, max_train=30)
    assert len(said) == 6  # other rows, other cells: three parts, and all others of each
    run(tmp_path, say=said.append, force=True)
    assert len(said) == 12


# words and pages


def test_tables_and_page_mark_what_is_not_shown_to_be_better_with_a_sign(tmp_path):
    result = run(tmp_path)
    table = markdown_matrices(result)
    rows = {line.split(" | ")[0].strip("| "): line for line in table.splitlines()}
    assert rows["a"].count("○") == 1  # on c
    assert "**1.000 [" in rows["a"]
    assert rows["*guessing by its shares*"].count(".500") == 3
    page = transfer_page(result)
    assert page.count('class="own"') == 3
    assert "not shown to beat majority and guessing" in page
    assert result.matrices[0].name in page


def test_the_command_maps_files_of_ones_own_and_prints_json_markdown_and_a_page(run_cli, tmp_path):
    for name in "ab":
        rows = [*items(name, "train", scheme=("yes", "no")), *items(name, "test", scheme=("yes", "no"))]
        (tmp_path / f"{name}.jsonl").write_bytes(b"".join(encode(item) + b"\n" for item in rows))
    base = ["transfer", "a.jsonl", "b.jsonl", "--scheme", "support,oppose", "--label-map", "yes=support,no=oppose", "--work", "w"]
    common = [*base, "--replicates", "200", "--classifier", "ngrams{C = 3.0, min_df = 1}", "--classifier", "majority"]
    done = run_cli(*common, "--json", "--html", "page.html")
    assert done.status == 0, done.stderr
    found = json.loads(done.stdout)
    assert [matrix["parameters"] for matrix in found["matrices"]] == [{"C": 3.0, "min_df": 1}, {}]
    assert found["parts"][0]["labels"] == {"yes": "support", "no": "oppose"}
    assert len(found["matrices"][0]["cells"]) == 4
    assert "What is learnt here" in (tmp_path / "page.html").read_text()
    again = run_cli(*common, "--table", "markdown")
    assert "learning from" not in again.stderr
    assert "| a | **1.000" in again.stdout
    shown = run_cli(*common)
    assert "f1_macro|labels:support,oppose|" in shown.stderr
    assert "guessing" in shown.stdout


def test_the_command_compares_targets_of_a_file_without_splits(run_cli, tmp_path):
    rows = [
        msgspec.structs.replace(item, id=f"{name}{item.id}", split=None) for name in "abc" for item in items(name, "all", n=120)
    ]
    (tmp_path / "mine.jsonl").write_bytes(b"".join(encode(item) + b"\n" for item in rows))
    done = run_cli("transfer", "mine.jsonl", "--between", "targets", "--work", "w", "--replicates", "200", "--json")
    assert done.status == 0, done.stderr
    found = json.loads(done.stdout)
    assert [part["name"] for part in found["parts"]] == ["motion a", "motion b", "motion c"]
    assert found["labels"] == ["support", "oppose"]
    cells = {(cell["row"], cell["column"]): cell for cell in found["matrices"][0]["cells"]}
    assert cells["motion a", "motion a"]["in_folds"]
    assert cells["motion a", "motion b"]["metrics"]["f1_macro"]["value"] > 0.9


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["pstance", "semeval2016-t6a"], "no label of FAVOR, AGAINST is known to mean neutral"),
        (["pstanc", "vast"], "did you mean 'pstance'"),
        (["nowhere.jsonl", "vast"], "nowhere.jsonl"),
        (["vast", "vast"], "'vast' is given twice"),
        (["vast", "--target", "x"], "--target goes with --between targets"),
        (["vast", "--classifier", "ngrms"], "no recipe or classifier is named 'ngrms'; did you mean 'ngrams'"),
        (["vast", "--classifier", "ngrams{C = }"], "has no parameters that can be read"),
        (["vast", "--classifier", "ngrams{D = 1}"], "the classifier 'ngrams' has no parameter 'D'"),
        (["vast/tset", "fnc1"], "the data set 'vast' has no split 'tset'; did you mean 'test'"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(run_cli, data_dir, arguments, message):
    done = run_cli("transfer", *arguments, "--data-dir", data_dir)
    assert done.status in (1, 2)
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_official_parts_are_scored_whole(data_dir):
    given = [load_given(name, data_dir=data_dir) for name in ("semeval2016-t6a", "newsmtsc", "newsmtsc/test-mt", "semeval2016-t6b")]
    found = parts_by_data(given, scheme_of("support,oppose,neutral"))
    assert [(part.name, len(part.train), len(part.test)) for part in found] == [
        ("semeval2016-t6a", 2814, 1249),
        ("newsmtsc", 8739, 1146),
        ("newsmtsc/test-mt", 8739, 1476),
        ("semeval2016-t6b", 0, 707),
    ]
