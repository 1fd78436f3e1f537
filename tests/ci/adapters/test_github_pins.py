"""Which commit of an action is used: the committed files own their pins."""

import pytest

from ci.adapters.github import pins
from ci.adapters.github.pins import TABLE, WORKFLOW, Pin, kept, read
from ci.errors import CiError

NEWER = Pin("a" * 40, "v9.1.0")
OTHER = ".github/workflows/release.yml"


def using(pin: Pin, action: str = "actions/checkout") -> str:
    return f"    steps:\n      - name: Checkout\n        uses: {action}@{pin.ref} # {pin.version}\n"


def test_an_action_that_no_file_names_has_the_pin_of_the_table() -> None:
    assert kept({}) == TABLE


@pytest.mark.parametrize("file", [WORKFLOW, OTHER, ".github/actions/setup/action.yml"])
def test_a_pin_that_dependabot_moved_stays(file: str) -> None:
    assert kept({file: using(NEWER)}) == TABLE | {"actions/checkout": NEWER}


@pytest.mark.parametrize(
    "pin", [Pin("v7", ""), Pin("main", ""), Pin("a" * 40, "v9"), Pin("a" * 40, ""), Pin("a" * 39, "v9.1.0")]
)
def test_what_is_no_whole_pin_in_our_own_file_is_written_anew(pin: Pin) -> None:
    assert kept({WORKFLOW: using(pin)}) == TABLE


def test_a_commit_of_the_table_gets_the_version_of_the_table() -> None:
    assert kept({WORKFLOW: using(Pin(TABLE["actions/checkout"].ref, "v1.0.0"))}) == TABLE


def test_parts_of_one_action_share_its_pin() -> None:
    assert kept({OTHER: using(NEWER, "actions/cache/restore")}) == TABLE | {"actions/cache": NEWER}


def test_one_action_in_two_versions_is_refused_with_files_and_refs() -> None:
    older = Pin("b" * 40, "v8.0.0")
    with pytest.raises(CiError) as caught:
        kept({WORKFLOW: using(NEWER), OTHER: using(older), ".github/workflows/more.yml": using(older)})
    assert str(caught.value) == (
        f"actions/checkout is used in two versions: {NEWER.ref} in {WORKFLOW}; "
        f"{older.ref} in .github/workflows/more.yml, {OTHER}. Give all of them one commit id of 40 digits "
        "with its version behind it (`# v1.2.3`), then run: ci generate"
    )


def test_a_tag_that_a_workflow_of_the_projects_follows_is_no_pin() -> None:
    pins.check({WORKFLOW: using(NEWER), OTHER: using(Pin("v7", ""))})
    assert kept({OTHER: using(Pin("v7", ""))})["actions/checkout"] == TABLE["actions/checkout"]


def test_actions_that_are_not_ours_must_agree_too() -> None:
    one, two = Pin("a" * 40, "v1.0.0"), Pin("b" * 40, "v2.0.0")
    with pytest.raises(CiError, match="someone/tool is used in two versions"):
        kept({OTHER: using(one, "someone/tool") + using(two, "Someone/Tool")})


@pytest.mark.parametrize(
    "line",
    [
        "uses: a/b@c # v1.2.3",
        "  - uses: a/b@c # v1.2.3",
        "  - uses: 'a/b@c' # v1.2.3",
        '"uses" : "a/b/deep/er@c"  #v1.2.3',
    ],
)
def test_the_ways_to_write_a_pin(line: str) -> None:
    assert list(read(line)) == [("a/b", Pin("c", "v1.2.3"))]


@pytest.mark.parametrize(
    "line", ["uses: ./local", "uses: docker://alpine", "# uses: a/b@c", "run: uses a/b@c", "houses: a/b@c"]
)
def test_what_is_no_action_with_a_pin(line: str) -> None:
    assert list(read(line)) == []


def test_the_text_of_a_command_is_not_taken_for_a_pin() -> None:
    text = "- run: |\n    cat <<END\n\n    uses: a/b@c\n    END\n- run: |-\n    uses: d/e@f\n  uses: g/h@i\n"
    assert [action for action, _pin in read(text)] == ["g/h"]


def test_the_table_holds_whole_pins() -> None:
    assert all(pin.full for pin in pins.TABLE.values())
