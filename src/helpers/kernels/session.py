"""Messages between a forked shell and its client: Jupyter's, but each is one text, and none is signed.

Nobody else can write to the pipe that carries them. To pack the four parts of a message apart, to sign them and to look for
dates in each of them took a short notebook as long as to show its tables.
"""

import json
from datetime import datetime

from jupyter_client.jsonutil import json_default
from jupyter_client.session import Session

PARTS = ("header", "parent_header", "metadata", "content")


class PipeSession(Session):
    """A session of either end; as of others, buffers follow a message."""

    def __init__(self, **traits):
        super().__init__(key=b"unused", **traits)  # without a key, it would warn

    def serialize(self, msg: dict, ident=None) -> list[bytes]:
        try:
            text = json.dumps(
                {part: msg[part] for part in PARTS}, default=json_default, ensure_ascii=False, allow_nan=False
            )
            return [text.encode("utf8", errors="surrogateescape")]
        except (TypeError, ValueError):  # what JSON does not have is cleaned, and the cell is warned as by a kernel
            parts = zip(PARTS, super().serialize(msg)[-len(PARTS) :], strict=True)
            return [b"{%b}" % b",".join(b'"%b":%b' % (name.encode(), part) for name, part in parts)]

    def feed_identities(self, msg_list: list, copy: bool = True) -> tuple[list, list]:
        """A message of a pipe names nobody that it is for."""
        return [], msg_list

    def deserialize(self, msg_list: list, content: bool = True, copy: bool = True) -> dict:
        message = self.unpack(bytes(msg_list[0]))
        header = message["header"]
        header["date"] = datetime.fromisoformat(header["date"])
        buffers = [memoryview(part) for part in msg_list[1:]]
        return message | {"msg_id": header["msg_id"], "msg_type": header["msg_type"], "buffers": buffers}
