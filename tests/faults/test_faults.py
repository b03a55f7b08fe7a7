"""Random schedules of faults between a real browser and a real server; and controls that would notice a blind check.

The seed is printed; FAULTS_SEED replays it. `make faults` plays as many as asked.
"""

import os
import random
import socket
import threading
from http.client import HTTPConnection, HTTPException
from types import SimpleNamespace

import pytest

from tests.faults.proxy import FAULTS, Proxy
from tests.faults.run import ARGUMENTS, CHROMIUM, Run
from tests.faults.schedule import make, with_kills
from tests.faults.world import World

NUMBER = 12  # `make faults` plays as many as one has time for
KILLS = 3


@pytest.fixture(scope="module")
def browser():
    """One browser for all schedules; those that kill one start their own."""
    from playwright.sync_api import sync_playwright

    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: nothing was tried in a browser")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        found.kind = playwright.chromium
        yield found
        found.close()


@pytest.fixture(scope="module")
def world():
    """One server; each schedule has a person of its own."""
    with World(NUMBER + 3 * KILLS) as found:
        yield found


@pytest.mark.browser
@pytest.mark.timeout(600)
def test_nothing_promised_is_lost_in_random_schedules(browser, world):
    seed = int(os.environ.get("FAULTS_SEED") or random.SystemRandom().randrange(10**6))
    print(f"make faults N={NUMBER} SEED={seed}")  # noqa: T201 -- pytest shows it with a failure
    broken, words = [], 0
    for place in range(NUMBER):
        run = Run(browser, world, world.people[place], make(seed + place))
        if violations := run.play():
            broken.append(f"{run.schedule}\n  did " + "\n  did ".join(run.trace) + f"\n  VIOLATED {violations}")
        words += len(run.owed)
    assert not broken, f"seed {seed}\n" + "\n".join(broken)
    assert words > NUMBER  # somebody wrote, and was promised something


@pytest.mark.browser
@pytest.mark.parametrize(("store", "loses"), [("on", 0), ("off", KILLS), ("lying", KILLS)])
def test_without_the_devices_store_the_same_check_fails(browser, world, store, loses):
    first = NUMBER + KILLS * ["on", "off", "lying"].index(store)
    runs = [
        Run(browser, world, world.people[first + place], schedule, store=store)
        for place, schedule in enumerate(with_kills(KILLS))
    ]
    found = [run.play() for run in runs]
    lost = [violations for violations in found if any("is lost" in text for text in violations)]
    assert len(lost) == loses, (found, [run.trace for run in runs])


# --- The proxy does what the schedule says ------------------------------------------------------------


@pytest.fixture
def server():
    """A server that says what it got; `server.got` holds the bodies in their order."""
    listening = socket.create_server(("127.0.0.1", 0))
    got: list[str] = []

    def serve() -> None:
        while True:
            try:
                connection, _address = listening.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as lines:
                size = 0
                while (line := lines.readline()).strip():
                    if line.lower().startswith(b"content-length:"):
                        size = int(line.split(b":")[1])
                got.append(lines.read(size).decode())
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nanswered")

    threading.Thread(target=serve, daemon=True).start()
    yield SimpleNamespace(got=got, port=listening.getsockname()[1])
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()


EXPECTED = {  # fault -> what the browser meets for the first of two requests, and what the server gets of both
    "refuse": ("broken", ["two"]),
    "lose": ("broken", ["one", "two"]),
    "cut": ("broken", ["one", "two"]),
    "stall": ("broken", ["one", "two"]),
    "delay": ("200 answered", ["one", "two"]),
    "late": ("200 answered", ["one", "two"]),
    "twice": ("200 answered", ["one", "one", "two"]),
    "both": ("200 answered", ["one", "one", "two"]),
    "hold": ("broken", ["two", "one"]),
    "500": ("500", ["two"]),
    "500 after": ("500", ["one", "two"]),
    "502": ("502", ["two"]),
    "401": ("401", ["two"]),
    "portal": ("200", ["two"]),
}


def send(proxy, body: str) -> str:
    connection = HTTPConnection("127.0.0.1", proxy.port, timeout=10)
    try:
        connection.request("POST", "/jurnal/x/1/draf/", body)
        answer = connection.getresponse()
        text = answer.read().decode()
        return f"{answer.status} {text}"
    except (OSError, HTTPException):
        return "broken"
    finally:
        connection.close()


@pytest.mark.parametrize("what", FAULTS)
def test_the_proxy_does_what_the_schedule_says(server, what):
    fault = {"on": "draft", "nth": 1, "do": what, "for": 0.05}
    with Proxy(server.port, [fault]) as proxy:
        first, second = send(proxy, "one"), send(proxy, "two")
        proxy.heal()
    assert first.startswith(EXPECTED[what][0])
    assert (second, server.got, proxy.log) == ("200 answered", EXPECTED[what][1], [fault])


def test_an_unplugged_proxy_lets_nothing_through_until_it_is_healed(server):
    with Proxy(server.port, []) as proxy:
        proxy.unplugged = True
        assert send(proxy, "one") == "broken"
        proxy.heal()
        assert send(proxy, "two") == "200 answered"
    assert server.got == ["two"]


def test_a_schedule_is_the_same_for_the_same_seed():
    assert [str(make(seed)) for seed in range(20)] == [str(make(seed)) for seed in range(20)]
    assert len({str(make(seed)) for seed in range(20)}) == 20
