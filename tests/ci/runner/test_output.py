"""What jobs write: whole lines, clean, masked, in constant memory."""

import io
import tracemalloc
from collections.abc import Iterator

import pytest

from ci import runner
from ci.plan import Job
from ci.runner.output import LONGEST_LINE, TAIL, Output, clean, secret_lines
from tests.ci.runner.project import Project, Recorder


class Taken(Output):
    """An output that remembers what it showed."""

    def __init__(self, *secrets: str) -> None:
        self.log = io.BytesIO()
        self.blocks: list[str] = []
        super().__init__(self.log, self.blocks.append, secret_lines(secrets))

    def of(self, *chunks: bytes) -> str:
        for chunk in chunks:
            self.feed(chunk)
        self.end()
        return "".join(self.blocks)


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start:start + size] for start in range(0, len(data), size))


@pytest.mark.parametrize(("written", "shown"), [
    (b"one\ntwo", "one\ntwo\n"),
    (b"\n\n", "\n\n"),
    (b"10%\r50%\r100%\ndone\n", "100%\ndone\n"),
    (b"10%\r100%\r\n", "100%\n"),
    (b"dos\r\nlines\r\n", "dos\nlines\n"),
    (b"10%\r99%\r", "99%\n"),
    ("é ☃ 𝄞\n".encode(), "é ☃ 𝄞\n"),
    (b"\xff\xfe latin \xe9\n", "\ufffd\ufffd latin \ufffd\n"),
    (b"\x1b[1;31mred\x1b[0m \x1b]0;title\x07\x1b[2Ktext\x1b(B\a\b\0\n", "red text\n"),
    (b"\xc2\x9b31mC1\xc2\x85\n", "31mC1\n"),
    (b"tab\tstays\n", "tab\tstays\n"),
])
@pytest.mark.parametrize("size", [1, 1000])
def test_lines_are_whole_and_clean(written: bytes, shown: str, size: int) -> None:
    output = Taken()
    assert output.of(*pieces(written, size)) == shown
    assert output.log.getvalue().decode() == shown


def test_a_line_is_shown_when_it_is_whole() -> None:
    output = Taken()
    output.feed(b"first\nsec")
    assert output.blocks == ["first\n"]
    output.feed(b"ond\n")
    assert output.blocks == ["first\n", "second\n"]


@pytest.mark.parametrize(("secret", "written", "shown"), [
    ("hunter22", b"it is hunter22, hunter22!\n", "it is ***, ***!\n"),
    ("-----BEGIN\nabcdef\n\nghijkl\r\n-----END\n", b"-----BEGIN\nghijkl abcdef\n", "***\n*** ***\n"),
    ("abc", b"abc is too short to hide\n", "abc is too short to hide\n"),
    ("pass.*word", b"password pass.*word\n", "password ***\n"),
    ("hunter22", b"hun\x1b[31mter\x1b[0m22\n", "***\n"),
    ("p\xe4sswort", "p\xe4sswort\n".encode(), "***\n"),
])
@pytest.mark.parametrize("size", [1, 1000])
def test_secrets_are_masked(secret: str, written: bytes, shown: str, size: int) -> None:
    assert Taken(secret).of(*pieces(written, size)) == shown


def test_the_longer_of_two_secrets_is_masked_whole() -> None:
    assert Taken("hunter", "hunter22").of(b"hunter22 hunter\n") == "*** ***\n"


@pytest.mark.parametrize("before", range(LONGEST_LINE - 12, LONGEST_LINE + 4, 3))
def test_a_secret_is_masked_wherever_an_endless_line_is_cut(before: int) -> None:
    text = Taken("hunter22").of(*pieces(b"x" * before + b"hunter22" + b"y" * 2 * LONGEST_LINE, 4096))
    joined = text.replace("\n", "")
    assert "***" in joined
    assert joined.replace("*", "").strip("xy") == ""


def test_the_end_of_the_output_is_kept() -> None:
    output = Taken()
    output.of(*(b"%d\n" % number for number in range(1000)))
    assert list(output.tail) == [str(number) for number in range(1000 - TAIL, 1000)]


class Silent(Recorder):
    """A display that forgets output."""

    def __init__(self) -> None:
        super().__init__()
        self.size = 0

    def job_output(self, job: Job, text: str) -> None:
        self.size += len(text)


@pytest.mark.parametrize("command", ["yes", "head -c 30000000 /dev/zero | tr '\\\\0' x"])
def test_a_flood_of_output_takes_constant_memory_and_is_kept_whole(project: Project, command: str) -> None:
    plan = project.plan(f"[[stage]]\nname = 'flood'\nrun = [\"{command} | head -c 20000000\"]")
    shown = Silent()
    tracemalloc.start()
    try:
        result = runner.run(plan, project.root, display=shown)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert result.result == "success"
    assert peak < 15_000_000
    log = (project.root / "reports/flood/log.txt").read_text()
    assert len(log) == shown.size
    assert len(log.replace("\n", "")) >= 10_000_000


def test_binary_output_does_no_harm(project: Project) -> None:
    run = project.run("[[stage]]\nname = 'job'\nrun = ['head -c 1000000 /dev/urandom', 'echo end']")
    assert run.said("job")[-1] == "end"
    assert run.shown.output["job"] == clean(run.shown.output["job"])


def test_clean_keeps_plain_text_as_it_is() -> None:
    text = "".join(chr(number) for number in [9, 10, *range(32, 127), *range(160, 1000)])
    assert clean(text) == text
