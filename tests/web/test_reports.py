"""Reports in a real browser: nothing is fetched, nothing overflows, hostile text stays text, the filters work."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from claimkit.agreement import Ratings, Settings, measure_agreement
from claimkit.classifiers import make_classifier
from claimkit.demo import take_tour
from claimkit.evaluation import compare, evaluate
from claimkit.experiment.designs import Design
from claimkit.experiment.matrix import run_transfer
from claimkit.experiment.parts import Part
from claimkit.experiment.transfer import System
from claimkit.records import Item, Prediction
from claimkit.report.agreement import agreement_page
from claimkit.report.comparison import comparison_page
from claimkit.report.designs import designs_page
from claimkit.report.evaluation import evaluation_page
from claimkit.report.transfer import transfer_page
from claimkit.schemes import scheme_of
from claimkit.shipped import shipped_corpus

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
if BROWSER is None:
    pytest.skip("no chromium is installed, so pages are not tested in a browser", allow_module_level=True)
sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed, so pages are not tested in a browser")

HOSTILE = '<img src=x onerror="window.broken=1"></script><script>window.broken=1</script>'


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
        running = playwright.chromium.launch(executable_path=BROWSER, args=options)
        yield running
        running.close()


@pytest.fixture(scope="module")
def hostile():
    """Gold items and predictions in which every text tries to become markup."""
    rng = np.random.default_rng(1)
    labels = rng.choice(["support", "oppose", "neutral"], size=120)
    items = [
        Item(
            id=f"i{n}",
            text=f"needle {HOSTILE}" if n == 7 else f"text {n} {HOSTILE}",
            target=HOSTILE,
            stance=str(label),
            scheme="claims",
            groups={"document": f"d{n % 20}", "speaker": HOSTILE if n % 2 else "other"},
        )
        for n, label in enumerate(labels)
    ]
    said = [
        Prediction(
            id=f"i{n}", stance="unclear" if n == 7 else str(label), probabilities={"support": 0.2, "oppose": 0.3, "neutral": 0.5}
        )
        for n, label in enumerate(np.where(rng.random(120) < 0.5, labels, "oppose"))
    ]
    return items, said


@pytest.fixture(scope="module")
def page_file(tmp_path_factory, hostile):
    """The page of an evaluation with slices, seeds and annotators."""
    items, said = hostile
    result = evaluate(
        items, said, slices=["speaker", "target"], baselines={HOSTILE: said}, annotators={HOSTILE: said}, other_seeds=[said]
    )
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(evaluation_page(result, items, [said, said], title=HOSTILE, system=HOSTILE))
    return path


@pytest.fixture(scope="module")
def comparison_file(tmp_path_factory, hostile):
    """The page of a comparison."""
    items, said = hostile
    other = [Prediction(id=entry.id, stance="oppose") for entry in said]
    systems = {HOSTILE: said, f"other {HOSTILE}": other}
    path = tmp_path_factory.mktemp("page") / "comparison.html"
    path.write_text(comparison_page(compare(items, systems), items, systems, title=HOSTILE))
    return path


@pytest.fixture(scope="module")
def designs_file(tmp_path_factory, hostile):
    """The page of the standard designs."""
    items, said = hostile
    result = evaluate(items, said, baselines={HOSTILE: said})
    designs = [
        Design(name="in-domain", held_out="document", evaluation=result),
        Design(name=HOSTILE, held_out="x", refusal=HOSTILE),
    ]
    path = tmp_path_factory.mktemp("page") / "designs.html"
    path.write_text(designs_page(designs, classifier=HOSTILE, data=HOSTILE))
    return path


@pytest.fixture(scope="module")
def agreement_file(tmp_path_factory):
    """The page of agreement, with names and labels that try to become markup."""
    rng = np.random.default_rng(2)
    names = tuple(f"{n} {HOSTILE}" for n in range(8))
    codes = np.where(rng.random((120, 8)) < 0.6, rng.integers(0, 3, (120, 1)), rng.integers(0, 3, (120, 8)))
    labels = (HOSTILE, f'" onclick="{HOSTILE}', "plain")
    ratings = Ratings(codes, labels, names, [f"i{n}{HOSTILE}" for n in range(120)], np.arange(120) % 12, tuple([HOSTILE] * 12))
    path = tmp_path_factory.mktemp("page") / "agreement.html"
    path.write_text(agreement_page(measure_agreement(ratings, settings=Settings(replicates=200)), title=HOSTILE))
    return path


@pytest.fixture(scope="module")
def transfer_file(tmp_path_factory, hostile):
    """The page of a transfer matrix of many parts with long names."""
    items, _ = hostile
    folder = tmp_path_factory.mktemp("page")
    names = [f"{HOSTILE} {n}" if n == 2 else f"a-data-set-with-a-long-name-{n}" for n in range(9)]
    scheme = scheme_of("claims")
    parts = [Part(name=name, train=items, test=items, folded=n == 1, labels={}, left_out={}) for n, name in enumerate(names)]
    systems = [System(name=HOSTILE, classifier="majority")]

    def make(name, parameters):
        return make_classifier(name, scheme, **parameters)

    result = run_transfer(parts, systems, make, scheme, folder / "work", replicates=200, keep_shared=True)
    (folder / "transfer.html").write_text(transfer_page(result))
    return folder / "transfer.html"


@pytest.fixture(scope="module")
def tour_file(tmp_path_factory):
    return take_tour(shipped_corpus(), tmp_path_factory.mktemp("demo") / "out").report


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
@pytest.mark.parametrize("which", ["page_file", "tour_file", "comparison_file", "designs_file", "agreement_file", "transfer_file"])
def test_a_page_fits_any_width_and_asks_for_nothing(browser, request, which, width, scheme):
    page_file = request.getfixturevalue(which)
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(page_file.as_uri())
    assert asked == [page_file.as_uri()]
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("window.broken") is None
    assert page.locator("[role=img]").count() >= 1
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_whole_matrix_is_seen_on_a_phone_and_its_words_stand_out_from_the_colour(browser, transfer_file, scheme):
    page = browser.new_page(viewport={"width": 390, "height": 844}, color_scheme=scheme)
    page.goto(transfer_file.as_uri())
    heat = page.locator("table.transfer").first
    assert heat.evaluate("table => table.getBoundingClientRect().right") <= 390
    assert heat.locator("td.own").count() == 9
    assert heat.locator("sup").count() > 0  # a sign, not colour alone
    page.close()


def test_a_claim_opens_to_the_words_behind_its_numbers(browser, tour_file):
    page = browser.new_page()
    page.goto(tour_file.as_uri())
    claim = page.locator("details.claim").first
    assert claim.locator("q").first.is_hidden()
    claim.locator("summary").click()
    assert claim.locator("q").first.is_visible()
    assert page.locator("details.claim:visible").count() == 20  # the others are folded until they are looked for
    page.fill("input[data-filter='.claim']", "F-16")
    shown = page.locator("details.claim:visible")
    assert 0 < shown.count() < 10
    assert all("F-16" in shown.nth(index).text_content() for index in range(shown.count()))
    page.close()


def test_the_filter_shows_only_the_errors_that_hold_the_words(browser, page_file):
    page = browser.new_page()
    page.goto(page_file.as_uri())
    entries = page.locator(".entry")
    assert entries.count() > 5
    page.fill("input[data-filter='.entry']", "needle")
    assert page.locator(".entry:visible").count() == 1
    page.fill("input[data-filter='.entry']", "")
    assert page.locator(".entry:visible").count() == entries.count()
    page.close()
