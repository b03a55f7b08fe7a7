"""An HTTP proxy between browser and server that does to each request what a schedule says.

A fault is plain data: ``{"on": "draft", "nth": 2, "do": "lose", "for": 0.5}`` does something to the second request of
that kind. What was done is in `Proxy.log`, and how many requests reached the server in `Proxy.reached`.
"""

import asyncio
import contextlib
import threading
from collections import Counter

# Done to a request -> what that means. `for` (seconds) belongs to those that wait.
FAULTS = {
    "refuse": "the connection breaks before the server has heard of it",
    "lose": "the server answers, and the answer is lost",
    "cut": "the answer breaks off in its middle",
    "stall": "the answer's head arrives and the rest never does",
    "delay": "the request comes late",
    "late": "the answer comes late",
    "twice": "the server gets it twice, one after the other",
    "both": "the server gets it twice at once",
    "hold": "the page sees a broken connection; the server gets it after a later one has passed, or at the end",
    "500": "an error page instead of the server's answer; the server never hears of it",
    "500 after": "the server has done it, and an error page comes back",
    "502": "the same from a gateway",
    "401": "somebody says that the session has ended",
    "portal": "a hotel's sign-in page with status 200",
}
KINDS = ("draft", "submit", "page", "preview", "editor", "script")
LIMIT = 30  # seconds for the server


def kind_of(method: str, path: str) -> str:
    """What a request is to the schedule."""
    path = path.split("?")[0]
    ends = {("POST", "/draf/"): "draft", ("POST", "/kirim/"): "submit", ("GET", "/tulis/"): "page"}
    ends |= {("GET", "/pratinjau/"): "preview", ("GET", "/editor.js"): "editor", ("GET", "/app.js"): "script"}
    if path.endswith("/django_prose_editor/editor.js"):
        return "editor"
    found = [kind for (verb, end), kind in ends.items() if kind != "editor" and verb == method and path.endswith(end)]
    return found[0] if found else "other"


class Proxy:
    """``with Proxy(port_of_server, faults) as proxy``; its own port is `proxy.port`."""

    def __init__(self, server: int, faults: list[dict]) -> None:
        self.server = server
        self.faults = {(fault["on"], fault["nth"]): fault for fault in faults}
        self.seen: Counter = Counter()
        self.reached: Counter = Counter()
        self.log: list[dict] = []
        self.unplugged = False
        self.cut: set[int] = set()  # devices, by their cookie "device", that nothing goes through for
        self.held: list[tuple[str, bytes]] = []
        self.releasing = asyncio.Lock()
        self.healed = threading.Event()
        self.open: set = set()  # connections on both sides
        self.port = 0

    def __enter__(self):
        self.loop = asyncio.new_event_loop()
        started = threading.Event()

        def run() -> None:
            asyncio.set_event_loop(self.loop)
            listening = self.loop.run_until_complete(asyncio.start_server(self._handle, "127.0.0.1", 0))
            self.port = listening.sockets[0].getsockname()[1]
            started.set()
            self.loop.run_forever()
            listening.close()
            # A connection that was just accepted must come as far as `open`: a task that is cancelled before its
            # first step never runs, and nobody would close its socket.
            self.loop.run_until_complete(asyncio.sleep(0.05))
            tasks = asyncio.all_tasks(self.loop)
            for task in tasks:
                task.cancel()
            self.loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
            for writer in self.open:  # one that still has something to send would stay open
                writer.transport.abort()
            self.loop.run_until_complete(asyncio.sleep(0.01))  # connections are closed by callbacks
            self.loop.close()

        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()
        started.wait()
        return self

    def __exit__(self, *_args) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)

    def heal(self) -> None:
        """No fault any more, and what was held arrives now."""
        self.healed.set()
        self.unplugged = False
        asyncio.run_coroutine_threadsafe(self._release(""), self.loop).result(LIMIT)

    # --- One connection, one request ---------------------------------------------------------------

    async def _handle(self, reader, writer) -> None:
        self.open.add(writer)
        try:
            with contextlib.suppress(
                OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError
            ):
                await self._one(reader, writer)
        finally:
            writer.close()

    async def _one(self, reader, writer) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        size = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
        body = await reader.readexactly(size)
        method, path = head.split(b" ", 2)[:2]
        kind = kind_of(method.decode(), path.decode())
        if self.unplugged or any(b"device=%d" % number in head for number in self.cut):
            return writer.transport.abort()
        whole = _closing(head) + body
        fault = self._next(kind)
        if fault is None:
            writer.write(await self._forward(kind, whole))
            await writer.drain()
        else:
            await self._do(fault, kind, whole, writer)
        await self._release(kind)
        return None

    def _next(self, kind: str) -> dict | None:
        self.seen[kind] += 1
        fault = None if self.healed.is_set() else self.faults.get((kind, self.seen[kind]))
        if fault:
            self.log.append(fault)
        return fault

    async def _do(self, fault: dict, kind: str, whole: bytes, writer) -> None:
        what, wait = fault["do"], fault.get("for", 0)
        if what == "hold":
            self.held.append((kind, whole))
        if what in ("refuse", "hold"):
            return writer.transport.abort()
        if what in ("500", "502", "401", "portal"):
            writer.write(_page(200 if what == "portal" else int(what)))
            return await writer.drain()
        if what == "delay":
            await asyncio.sleep(wait)
        answer = await self._forward(kind, whole, at_once=2 if what == "both" else 1)
        if what == "twice":
            answer = await self._forward(kind, whole)
        if what == "late":
            await asyncio.sleep(wait)
        if what == "500 after":
            answer = _page(500)
        if what == "lose":
            return writer.transport.abort()
        if what in ("cut", "stall"):
            start, rest = answer.split(b"\r\n\r\n", 1)
            writer.write(start + b"\r\n\r\n" + (rest[: len(rest) // 2] if what == "cut" else b""))
            await writer.drain()
            await asyncio.sleep(wait if what == "stall" else 0.02)
            return writer.transport.abort()
        writer.write(answer)
        return await writer.drain()

    async def _release(self, kind: str) -> None:
        """Send on what was held; of one kind only once a later one has passed (which is not itself held)."""
        if kind and (not self.held or self.seen[kind] <= max(self._number(held) for held in self.held)):
            return
        async with self.releasing:  # healing waits for what is on its way
            waiting = [held for held in self.held if not kind or held[0] == kind]
            self.held = [held for held in self.held if held not in waiting]
            for name, whole in waiting:
                await self._forward(name, whole)

    def _number(self, held: tuple[str, bytes]) -> int:
        done = [fault["nth"] for fault in self.log if fault["do"] == "hold" and fault["on"] == held[0]]
        return max(done, default=0)

    async def _forward(self, kind: str, whole: bytes, *, at_once: int = 1) -> bytes:
        answers = await asyncio.gather(*(self._ask(kind, whole) for _time in range(at_once)))
        return answers[0]

    async def _ask(self, kind: str, whole: bytes) -> bytes:
        """The server's whole answer; a gateway's error when it is down, or dies meanwhile."""
        try:
            async with asyncio.timeout(LIMIT):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.server)
                self.open.add(writer)
                try:
                    writer.write(whole)
                    await writer.drain()
                    answer = await reader.read(-1)
                finally:
                    writer.close()
        except (OSError, TimeoutError):
            return _page(502)
        if b"\r\n\r\n" not in answer:
            return _page(502)
        self.reached[kind] += 1
        head, body = answer.split(b"\r\n\r\n", 1)
        return _closing(head + b"\r\n\r\n") + body


def _closing(head: bytes) -> bytes:
    """One request for each connection, said to both sides."""
    lines = [line for line in head.rstrip().split(b"\r\n") if not line.lower().startswith(b"connection:")]
    return b"\r\n".join([*lines, b"Connection: close", b"", b""])


def _page(status: int) -> bytes:
    body = b"<!doctype html><title>Maaf</title><h1>Bukan jawaban server</h1>"
    head = f"HTTP/1.1 {status} X\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body
