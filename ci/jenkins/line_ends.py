"""Line ends of a log, which Jenkins changes on the way."""


class LineEnds:
    """Makes LF of CRLF, however the text is cut: into pieces, or into answers of Jenkins.

    Jenkins writes CRLF for LF. Where an answer ended between the CR and the LF of a log that has CRLF itself, it makes
    CR and CRLF of them.
    """

    def __init__(self) -> None:
        self._held = b""
        self._poll_ended_at = 0

    def text(self, piece: bytes) -> bytes:
        """The text as far as it is sure."""
        if not piece:
            return b""
        data, cut = self._held + piece, self._poll_ended_at
        certain = data.rstrip(b"\r")
        if not certain:
            self._held = data
            return b""
        if cut and data[cut - 1:cut + 2] == b"\r\r\n":
            certain = certain[:cut - 1] + certain[cut:]
        self._held, self._poll_ended_at = data[len(data.rstrip(b"\r")):], 0
        return certain.replace(b"\r\n", b"\n")

    def after_poll(self) -> bytes:
        """An answer has ended here."""
        self._poll_ended_at = len(self._held)
        return b""

    def rest(self) -> bytes:
        """What was not sure until the end."""
        rest, self._held = self._held, b""
        return rest
