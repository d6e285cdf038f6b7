"""A session of the app without a browser: what a browser on another machine asks of the server.

It speaks Streamlit's own protocol (protocol buffers over a WebSocket), draws nothing, and so takes
no processor time of the server's machine for pages that a reviewer's own machine would draw.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import time
from typing import Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

_REPORT = re.compile(r'class="rt-id">(\w+)<')


class Session:
    """One person's session on one page.

    Attributes:
        report: id on the card that was drawn last.
        buttons: full id of each button of the last drawing, by its key.
        received: bytes that came from the server.
    """

    def __init__(self, socket: ClientConnection, page: str) -> None:
        self.report = ""
        self.buttons: dict[str, str] = {}
        self.received = 0
        self._socket = socket
        self._page = page
        self._script = ""
        self._fields: dict[str, str] = {}
        self._states: dict[str, WidgetState] = {}

    @classmethod
    async def at(cls, port: int, page: str, person: str) -> Self:
        """Open a page of the app on this machine and work there under a name."""
        address = f"ws://127.0.0.1:{port}/_stcore/stream"
        socket = await connect(
            address,
            origin=f"http://127.0.0.1:{port}",  # type: ignore[arg-type]
            subprotocols=["streamlit"],  # type: ignore[list-item]
            max_size=None,
        )
        session = cls(socket, page)
        await session.run()
        # What `review.ui.browser_behaviour` asks of a browser.
        answer = {"name": "", "browser": secrets.token_hex(8), "again": False, "typed": {}}
        session._states["manners"] = WidgetState(
            id=session._fields["review_manners"], json_value=json.dumps({"answer": answer})
        )
        await session.run()
        session._states["reviewer"] = WidgetState(
            id=session._fields["reviewer"], string_value=person
        )
        await session.run()
        return session

    async def press(self, key: str) -> float | None:
        """Press a button of the last drawing.

        Returns:
            Milliseconds until the words of another report had come; None where none came.
        """
        return await self.run(WidgetState(id=self.buttons[key], trigger_value=True))

    async def run(self, pressed: WidgetState | None = None) -> float | None:
        """Let the server run the page, and read until it has ended; see `press`."""
        states = [*self._states.values(), *([pressed] if pressed else [])]
        message = BackMsg()
        message.rerun_script.page_name = "" if self._script else self._page
        message.rerun_script.page_script_hash = self._script
        message.rerun_script.widget_states.widgets.extend(states)
        before, self.buttons, took = self.report, {}, None
        began = time.monotonic()
        await self._socket.send(message.SerializeToString())
        while True:
            frame = await asyncio.wait_for(self._socket.recv(decode=False), 60)
            self.received += len(frame)
            told = ForwardMsg()
            told.ParseFromString(frame)
            self._read(told)
            if took is None and self.report != before:
                took = 1000 * (time.monotonic() - began)
            if told.WhichOneof("type") == "script_finished":
                if told.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    continue
                return took

    async def close(self) -> None:
        """End the session."""
        await self._socket.close()

    def _read(self, told: ForwardMsg) -> None:
        """Note where a message tells of the page, a field, a button or the card."""
        if told.WhichOneof("type") == "navigation":
            self._script = told.navigation.page_script_hash
        element = told.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "html" and (card := _REPORT.search(element.html.body)):
            self.report = card[1]
        elif kind == "button":
            self.buttons[_key(element.button.id)] = element.button.id
        elif kind in ("text_input", "bidi_component"):
            id_ = getattr(element, kind).id
            self._fields[_key(id_)] = id_


def _key(id_: str) -> str:
    """The key under which the app drew a widget: ``$$ID-<hash>-<key>``."""
    return id_.split("-", 2)[2]
