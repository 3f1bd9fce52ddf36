"""A message comes out of a forked shell's pipe as it was put in, without a signature."""

from datetime import UTC, datetime

import pytest

from helpers.kernels.session import PipeSession


def send(content: dict, buffers: tuple[bytes, ...] = (), parent: dict | None = None) -> tuple[dict, dict]:
    """A message as it is sent, and as it arrives."""
    session = PipeSession()
    message = session.msg("display_data", content, parent=parent, metadata={"a": 1})
    idents, parts = session.feed_identities([*session.serialize(message), *buffers])
    assert idents == []
    return message, session.deserialize(parts)


@pytest.mark.parametrize(
    ("content", "arrived"),
    [
        ({"data": {"text/plain": "浙江", "application/json": {"b": [None, 1.5]}}}, None),
        ({"text": "\udcff"}, {"text": "\ufffd"}),  # a byte that is no text, as of a kernel
        ({"when": datetime(2026, 12, 1, tzinfo=UTC)}, {"when": "2026-12-01T00:00:00Z"}),
    ],
)
def test_a_message_arrives_as_it_was_sent(content, arrived):
    parent = {"header": {"msg_id": "request", "date": datetime(2026, 12, 1, 12, tzinfo=UTC)}}
    message, received = send(content, parent=parent)
    assert received["content"] == (arrived or content)
    assert received["header"] == message["header"]
    assert isinstance(received["header"]["date"], datetime)
    assert received["parent_header"]["msg_id"] == "request"
    assert (received["msg_id"], received["msg_type"], received["metadata"]) == (
        message["header"]["msg_id"],
        "display_data",
        {"a": 1},
    )


def test_buffers_follow_a_message():
    _, received = send({}, buffers=(b"\x00\xff", b""))
    assert [bytes(buffer) for buffer in received["buffers"]] == [b"\x00\xff", b""]


def test_what_json_does_not_have_is_cleaned_with_a_warning():
    with pytest.warns(UserWarning, match="Message serialization failed"):
        _, received = send({"data": {"a": {1, 2}, "b": float("nan")}})
    assert sorted(received["content"]["data"]["a"]) == [1, 2]
    assert received["content"]["data"]["b"] == "nan"
