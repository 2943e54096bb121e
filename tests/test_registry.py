"""Registries: names are looked at without loading anything, a thing is loaded when it is asked for, other packages may add some."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

from claimkit.errors import UsageError
from claimkit.registry import Registry

TABLE = {"counter": "collections:Counter", "fraction": "fractions:Fraction", "broken": "claimkit.no_such_module:thing"}


@pytest.fixture
def things():
    return Registry("thing", "claimkit.things_for_a_test", TABLE)


def test_a_name_leads_to_the_attribute_of_its_module(things):
    from fractions import Fraction

    assert things["fraction"] is Fraction


def test_names_are_listed_in_order_without_loading_what_they_stand_for(things):
    assert list(things) == ["broken", "counter", "fraction"]
    assert len(things) == 3
    assert "broken" in things
    assert "other" not in things


def test_an_unknown_name_is_an_error_with_the_near_miss_and_all_names(things):
    with pytest.raises(UsageError, match=r"no thing is named 'cuonter'; did you mean 'counter'.* known: broken, counter, fraction"):
        things["cuonter"]


def test_get_of_a_mapping_does_not_hide_that_a_name_is_unknown(things):
    with pytest.raises(UsageError, match="no thing is named 'other'"):
        things.get("other")


def test_a_module_that_cannot_be_imported_keeps_its_error(things):
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        things["broken"]


def test_another_package_adds_a_name_through_an_entry_point_and_cannot_replace_one(tmp_path):
    info = tmp_path / "other-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: other\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[claimkit.things_for_a_test]\nadded = json:loads\ncounter = json:dumps\n")
    code = """
        import sys
        sys.path.insert(0, sys.argv[1])
        from claimkit.registry import Registry
        things = Registry("thing", "claimkit.things_for_a_test", {"counter": "collections:Counter"})
        assert list(things) == ["added", "counter"], list(things)
        assert things["added"].__name__ == "loads"
        assert things["counter"].__name__ == "Counter"
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code), str(tmp_path)], check=True)
