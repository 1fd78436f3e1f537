"""A log comes whole: nothing lost, nothing twice, whatever happens while it is followed."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ci.jenkins import Build, JenkinsClient, JenkinsError, LogPart, StageHeading, Unavailable, WaitTimeout
from ci.jenkins.line_ends import LineEnds
from ci.jenkins.logs import decoded
from ci.jenkins.sending import CHUNK
from tests.fakes.jenkins import JenkinsDouble

Running = Callable[..., Build]


def followed(client: JenkinsClient, build: Build, start: int = 0) -> bytes:
    """The whole log."""
    return b"".join(client.log_chunks(build, start))


def test_a_log_is_followed_to_its_end(client: JenkinsClient, running: Running) -> None:
    log = b"".join(b"line %d\n" % number for number in range(1000))
    assert followed(client, running(log=log)) == log


def test_nothing_is_missed_when_the_last_look_brings_nothing(client: JenkinsClient, running: Running) -> None:
    assert followed(client, running(log=[(0.0, b"all at once\n")], duration=30.0)) == b"all at once\n"


def test_an_empty_log_and_one_whose_file_comes_late(client: JenkinsClient, running: Running) -> None:
    assert followed(client, running(log=b"")) == b""
    assert followed(client, running(log=[(10.0, b"late\n")])) == b"late\n"


def test_a_build_that_has_ended_takes_one_request(
    jenkins: JenkinsDouble, client: JenkinsClient, running: Running
) -> None:
    build = client.wait(running(log=b"text\n"))
    jenkins.forget_requests()
    assert followed(client, build) == b"text\n"
    assert jenkins.calls == ["GET /job/app/1/logText/progressiveText?start=0"]


def test_quiet_logs_are_asked_less_often(jenkins: JenkinsDouble, client: JenkinsClient, running: Running) -> None:
    build = running(log=[(20.0, b"at last\n")], duration=25.0)
    jenkins.clock.slept.clear()
    followed(client, build)
    assert jenkins.clock.slept[:6] == [1.0, 1.5, 2.25, 3.375, 5.0, 5.0]
    assert jenkins.clock.slept[7] == 1.0  # after new text


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_line_ends_and_characters_survive_where_http_cuts_them(
    jenkins: JenkinsDouble, client: JenkinsClient, running: Running, size: int
) -> None:
    log = "größe\n漢字 🎉\n\rbar\r\r\n".encode()
    build = client.wait(running(log=log))
    jenkins.faults.chunked(size)
    assert followed(client, build) == log.replace(b"\r\n", b"\n")


def test_text_never_ends_in_half_a_character() -> None:
    parts = [bytes([byte]) for byte in "a漢🎉".encode()]
    assert list(decoded(parts)) == ["a", "漢", "🎉"]
    assert "".join(decoded([b"a\xff", b"\xe6"])) == "a\ufffd\ufffd"


@settings(deadline=None, database=None)
@given(st.lists(st.tuples(st.text("ab\r\n", max_size=4), st.integers(1, 3))))
def test_line_ends_do_not_depend_on_where_the_text_is_cut(pieces: Sequence[tuple[str, int]]) -> None:
    """Within one answer; LF of the log is CRLF on the way."""
    log = "".join(text for text, _ in pieces).replace("\r", "").encode()
    wire = log.replace(b"\n", b"\r\n")
    sizes = [size for _, size in pieces] or [1]
    ends, out, place = LineEnds(), b"", 0
    while place < len(wire):
        size = sizes[place % len(sizes)]
        out += ends.text(wire[place:place + size])
        place += size
    assert out + ends.rest() == log


@pytest.mark.parametrize(("polls", "text"), [
    ([b"a\r", b"\r\nb"], b"a\nb"),  # CRLF in the log, a look between CR and LF: Jenkins makes CRLF of the lone LF
    ([b"a\r", b"\nb"], b"a\nb"),
    ([b"a\r", b"b"], b"a\rb"),
    ([b"a\r", b"", b"\r\nb"], b"a\nb"),
    ([b"a\r\r\n", b"b\r"], b"a\r\nb\r"),
])
def test_line_ends_that_a_look_has_cut(polls: Sequence[bytes], text: bytes) -> None:
    ends, out = LineEnds(), b""
    for poll in polls:
        out += ends.text(poll) + ends.after_poll()
    assert out + ends.rest() == text


def test_a_connection_that_breaks_loses_and_repeats_nothing(
    jenkins: JenkinsDouble, client: JenkinsClient, running: Running
) -> None:
    log = b"".join(b"line %d\n" % number for number in range(30_000))
    build = client.wait(running(log=log))
    jenkins.faults.drop_body(100_001, times=1)
    jenkins.faults.drop_body(200_000, times=1)
    assert followed(client, build) == log


@pytest.mark.parametrize("read", [
    lambda client, build: list(client.log_chunks(build, follow=False)), lambda client, build: client.log_tail(build, 9),
])
def test_a_log_that_breaks_off_again_and_again_is_an_error(
    jenkins: JenkinsDouble, client: JenkinsClient, running: Running, read: Callable[[JenkinsClient, Build], object]
) -> None:
    """And soon, for those who only want what is there."""
    build = client.wait(running(log=b"line\n" * 50_000))
    jenkins.faults.drop_body(1000, times=99, path="*progressiveText")
    jenkins.clock.slept.clear()
    with pytest.raises(Unavailable, match="the log broke off .*: try again later"):
        read(client, build)
    assert sum(jenkins.clock.slept) < 30


def test_a_restart_in_the_middle_loses_and_repeats_nothing(
    jenkins: JenkinsDouble, client: JenkinsClient, running: Running
) -> None:
    log = b"".join(b"line %d\n" % number for number in range(5000))
    build = running(log=log, duration=60.0)
    jenkins.clock.after(20.0, jenkins.restart)
    assert followed(client, build) == log


def test_a_server_that_lost_the_end_of_its_log_repeats_nothing(
    jenkins: JenkinsDouble, client: JenkinsClient, running: Running
) -> None:
    """It answers with the whole log when it is asked for what is beyond the end."""
    build = running(log=[(0.0, b"one\ntwo\n"), (10.0, b"three\n")], duration=20.0)
    real = jenkins.find("app").builds[0]
    jenkins.clock.after(2.0, lambda: setattr(real, "log_override", b"one\n"))
    jenkins.clock.after(8.0, lambda: setattr(real, "log_override", b"one\nafter the crash\n"))
    assert followed(client, build) == b"one\ntwo\nafter the crash\n"


def test_following_ends_in_time(client: JenkinsClient, running: Running) -> None:
    build = running(log=b"x\n" * 50, duration=1000.0)
    with pytest.raises(WaitTimeout, match="app #1 still runs: http"):
        list(client.log_chunks(build, timeout=60))


def test_something_that_is_no_log(jenkins: JenkinsDouble, client: JenkinsClient, running: Running) -> None:
    build = running(duration=1.0)
    jenkins.faults.status(200, path="*progressiveText", body=b"<html>")
    with pytest.raises(JenkinsError, match="progressiveText.* is no log of Jenkins: see JENKINS_URL"):
        list(client.log_chunks(build))


@pytest.mark.parametrize(("lines", "text"), [
    (0, b""), (1, b"line 49999\n"), (3, b"line 49997\nline 49998\nline 49999\n"),
])
def test_the_tail_does_not_read_the_rest(
    jenkins: JenkinsDouble, client: JenkinsClient, running: Running, lines: int, text: bytes
) -> None:
    log = b"".join(b"line %d\n" % number for number in range(50_000))
    build = client.wait(running(log=log))
    assert client.log_tail(build, lines) == LogPart(text, len(log))
    assert len(jenkins.requests[-1].request.target) and jenkins.requests[-1].bytes_sent < 40_000 or lines == 0


def test_the_tail_of_a_short_log_is_all_of_it(client: JenkinsClient, running: Running) -> None:
    build = client.wait(running(log=b"one\ntwo"))
    assert client.log_tail(build, 1).text == "two"
    assert client.log_tail(build, 10).text == "one\ntwo"


def test_the_tail_looks_further_back_for_long_lines(client: JenkinsClient, running: Running) -> None:
    log = b"first\n" + b"x" * 100_000 + b"\nlast\n"
    assert client.log_tail(client.wait(running(log=log)), 2).text == "x" * 100_000 + "\nlast\n"


def test_the_tail_is_byte_for_byte(client: JenkinsClient, running: Running) -> None:
    """What is no UTF-8 becomes a mark only for people."""
    part = client.log_tail(client.wait(running(log=b"one\n\xff\xfe caf\xe9\n")), 1)
    assert (part.data, part.text) == (b"\xff\xfe caf\xe9\n", "\ufffd\ufffd caf\ufffd\n")


def test_a_connection_that_breaks_in_the_tail_is_taken_up_again(
    jenkins: JenkinsDouble, client: JenkinsClient, running: Running
) -> None:
    log = b"".join(b"line %d\n" % number for number in range(5000))
    build = client.wait(running(log=log))
    for after in (5000, 100):
        jenkins.faults.drop_body(after, path="*progressiveText")
    assert client.log_tail(build, 1000).data == b"".join(b"line %d\n" % number for number in range(4000, 5000))


def test_a_log_is_followed_from_its_tail_on(client: JenkinsClient, running: Running) -> None:
    build = running(log=[(0.0, b"one\ntwo\n"), (10.0, b"three\n")])
    tail = client.log_tail(build, 1)
    assert (tail.text, followed(client, build, tail.next)) == ("two\n", b"three\n")


def test_stages_are_headings(client: JenkinsClient, running: Running) -> None:
    log = b"go\n[Pipeline] stage\n[Pipeline] { (Build)\n+ make\n[Pipeline] }\n[Pipeline] { (Branch: unit)\n[Pipel"
    build = client.wait(running(log=log))
    assert list(client.log_events(build)) == [
        "go\n", "[Pipeline] stage\n", StageHeading("Build"), "[Pipeline] { (Build)\n", "+ make\n", "[Pipeline] }\n",
        StageHeading("unit"), "[Pipeline] { (Branch: unit)\n", "[Pipel",
    ]


def test_half_a_line_that_is_no_heading_is_not_held_back(client: JenkinsClient, running: Running) -> None:
    build = running(log=[(0.0, b"working "), (5.0, b"done\n")])
    assert list(client.log_events(build)) == ["working ", "done\n"]


PIECE = st.one_of(
    st.binary(max_size=40).map(lambda data: data.replace(b"\r", b"")),
    st.text("aä漢🎉\n", max_size=20).map(str.encode),
    st.sampled_from([b"\n", b"\n\n", b"", b"line\n" * 2000]),
)


@settings(max_examples=25, deadline=None, database=None)
@given(data=st.data())
def test_a_log_comes_byte_for_byte(data: st.DataObject) -> None:
    """Random growth, so looks fall anywhere; quiet looks; chunks that cut CRLF; broken answers; a restart."""
    pieces = data.draw(st.lists(st.tuples(st.floats(0.0, 60.0), PIECE), max_size=30))
    pieces.sort(key=lambda piece: piece[0])
    log = b"".join(text for _, text in pieces)
    with JenkinsDouble() as jenkins:
        time = jenkins.clock
        client = JenkinsClient(jenkins.url, jenkins.user, jenkins.token, sleep=time.sleep, clock=time.now)
        jenkins.add_job("app").on_trigger(log=pieces, duration=60.0)
        build = client.wait_for_start(client.trigger("app"))
        if size := data.draw(st.none() | st.integers(1, 200)):
            jenkins.faults.chunked(size, times=data.draw(st.integers(0, 5)))
        for after in data.draw(st.lists(st.integers(0, 5000), max_size=3)):
            jenkins.faults.drop_body(after, path="*progressiveText")
        if (restart := data.draw(st.none() | st.floats(0.0, 59.0))) is not None:
            time.after(restart, jenkins.restart)
        assert b"".join(client.log_chunks(build)) == log
        client.close()


def test_a_log_of_five_megabytes_comes_byte_for_byte(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    """Across looks at random places, a broken answer and a restart."""
    text = b"".join("%06d größe 漢字 🎉\n".encode() % number for number in range(190_000))
    assert len(text) > 5_000_000
    pieces = [(place / 100_000, text[place:place + 99_991]) for place in range(0, len(text), 99_991)]
    jenkins.add_job("app").on_trigger(log=pieces, duration=60.0)
    build = client.wait_for_start(client.trigger("app"))
    jenkins.faults.drop_body(50_000, path="*progressiveText")
    jenkins.clock.after(15.0, jenkins.restart)
    chunks = list(client.log_chunks(build))
    assert b"".join(chunks) == text
    assert max(map(len, chunks)) <= CHUNK + 1  # what is held in memory at a time
