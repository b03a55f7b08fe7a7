"""Somebody's device: a browser profile with up to two tabs, and the things that people and fate do to them."""

import contextlib
import json
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Error

HERE = Path(__file__).parent
SPEED = 10  # how much quicker time runs in the page
MOMENT = 2500  # milliseconds that a page may take
REST = 2.0  # seconds: a pause this long is a promise, even where nothing said so

# Puts the caret at the end of a part and says how it is written, or why it cannot be.
FOCUS = """(name) => {
  const field = document.querySelector(`form.write textarea[name="part-${name}"]`);
  const section = field?.closest("[data-writes]");
  if (!section) return "no such page";
  if (section.inert) return "another tab has the pen";
  const box = field.hidden ? section.querySelector(".rich-text__text") : field;
  box.focus();
  if (box === field) box.setSelectionRange(field.value.length, field.value.length);
  return document.activeElement === box ? "" : "no focus";
}"""
HOLDS = """([name, token]) =>
  Boolean(document.querySelector(`form.write textarea[name="part-${name}"]`)?.value.includes(token))"""
# Every writing page has asked for the pen: from now on each knows whether it writes or follows.
ASKED = """async (tabs) => {
  const { held, pending } = await navigator.locks.query();
  return held.length + pending.length >= tabs;
}"""
# All that the browser keeps for this address, whatever its stores are called.
DUMP = """async () => {
  const found = [];
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise((resolve, reject) => {
      const asked = indexedDB.open(name);
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    for (const store of db.objectStoreNames) {
      const all = db.transaction(store).objectStore(store).getAll();
      found.push(...await new Promise((resolve) => (all.onsuccess = () => resolve(all.result))));
    }
    db.close();
  }
  return found;
}"""


class Tab:
    """A tab, and the words typed in it since its page was loaded."""

    def __init__(self, page) -> None:
        self.page = page
        self.network = None  # the line to the browser's own network, once it was cut
        self.typed: list[str] = []
        self.crashed = False
        page.on("crash", lambda _page: setattr(self, "crashed", True))
        page.on("dialog", lambda dialog: dialog.accept())


class Device:
    """A profile; with a folder it has a browser of its own, which may be killed and opened again."""

    def __init__(self, run, number: int, folder: Path | None) -> None:
        self.run, self.number, self.folder = run, number, folder
        self.tabs: dict[int, Tab] = {}
        self.offline = False
        self.open()

    # --- The browser -------------------------------------------------------------------------------

    def open(self) -> None:
        options = {"base_url": f"http://127.0.0.1:{self.run.proxy.port}", "locale": "id-ID"}
        if self.folder is None:
            self.context = self.run.chromium.new_context(**options)
        else:
            from tests.faults.run import ARGUMENTS, CHROMIUM

            self.context = self.run.chromium.kind.launch_persistent_context(
                self.folder, executable_path=CHROMIUM, args=ARGUMENTS, **options
            )
        self.context.set_default_timeout(MOMENT)
        self.context.expose_binding("promised", lambda _source, told: self.run.promised(told))
        settings = {"speed": SPEED, "skew": self.run.schedule.skew, "store": self.run.store}
        self.context.add_init_script(f"({(HERE / 'page.js').read_text()})({json.dumps(settings)})")
        self.sign_in()

    def sign_in(self, *, new: bool = False) -> None:
        key = self.run.session(new=new)
        url = f"http://127.0.0.1:{self.run.proxy.port}"
        cookies = {"sessionid": key, "device": str(self.number)}
        self.context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies.items()])

    def end(self) -> None:
        for tab in self.tabs.values():
            tab.typed.clear()
        with contextlib.suppress(Error):  # it was killed
            self.context.close()

    def wait(self, seconds: float) -> None:
        """Let time go by, and hear what the pages tell."""
        pages = [tab.page for tab in self.tabs.values() if not tab.page.is_closed() and not tab.crashed]
        if pages:
            pages[0].wait_for_timeout(seconds * 1000)
        else:
            page = self.context.new_page()
            page.wait_for_timeout(seconds * 1000)
            page.close()

    @property
    def path(self) -> str:
        return f"/jurnal/{self.run.person['cohort']}/1/tulis/"

    def writes(self, page) -> bool:
        """The writing page, and not the sign-in page on the way to it."""
        return urlsplit(page.url).path == self.path

    # --- Steps -------------------------------------------------------------------------------------

    def step(self, step: dict, number: int) -> str:
        """Do it; what was done or why it could not be."""
        tab = self.tabs.get(number)
        act = step["do"].replace(" ", "_")
        if act == "open":
            return self.do_open(number)
        if act in ("offline", "unplug", "online", "end_session", "sign_in", "kill_browser", "wait"):
            return getattr(self, f"do_{act}")(step) or "done"
        gone = tab is None or tab.page.is_closed() or tab.crashed
        if act in ("type", "submit") and (gone or not self.writes(tab.page)):
            self.do_open(number)  # they open the entry first
            tab, gone = self.tabs[number], False
        if gone:
            return "no such tab"
        return getattr(self, f"do_{act}")(tab, step) or "done"

    def do_open(self, number: int) -> str:
        tab = self.tabs.get(number)
        if tab is None or tab.page.is_closed() or tab.crashed:
            if tab is not None and not tab.page.is_closed():
                tab.page.close()
            tab = self.tabs[number] = Tab(self.context.new_page())
            if self.offline:
                self.connect(tab)
        tab.typed.clear()
        early = self.run.schedule.early
        tab.page.goto(self.path, wait_until="commit" if early else "load")
        if "/akun/masuk/" in tab.page.url:  # the session has ended
            self.do_sign_in({})
            tab.page.goto(self.path)
        self.read_on(tab)
        return tab.page.url.rsplit("/", 2)[-2]

    def read_on(self, tab: Tab) -> None:
        """Nobody writes before the page stands; those who do are the schedules that are "early"."""
        if self.run.schedule.early:
            return
        for _time in range(15):
            tab.page.wait_for_timeout(100)
            tabs = sum(self.writes(page) for page in self.pages())
            if not self.writes(tab.page) or tab.page.evaluate(ASKED, tabs):
                break
        tab.page.wait_for_timeout(50)

    def do_type(self, tab: Tab, step: dict) -> str:
        why = tab.page.evaluate(FOCUS, step["part"])
        if why == "another tab has the pen" and self.run.chance.random() < 0.5:
            self.do_take(tab, step)
            why = tab.page.evaluate(FOCUS, step["part"])
        if why:
            return why
        token = f"q{self.run.chance.getrandbits(32):08x}z"
        tab.page.keyboard.press("Control+End")
        tab.page.keyboard.insert_text(f" {token}")
        if not tab.page.evaluate(HOLDS, [step["part"], token]):
            return f"{token} did not get in"
        tab.typed.append(token)
        return token

    def do_wait(self, step: dict) -> None:
        self.wait(step["for"])

    def do_rest(self, tab: Tab, _step: dict) -> str:
        """A real pause: from now on what was typed is promised, whatever the line says."""
        typed = list(tab.typed)
        for _time in range(int(REST * 20)):
            tab.page.wait_for_timeout(50)
            if all(token in self.run.owed for token in typed):
                return "said"
        if not self.has_script(tab):
            return "without our script"
        for token in typed:
            self.run.owed.setdefault(token, "a pause went by")
        return "paused"

    def has_script(self, tab: Tab) -> bool:
        """A page whose script was lost on its way (the network went) is a plain form so far."""
        return not self.run.schedule.early or tab.page.evaluate("Boolean(document.querySelector('form.write')?.keeper)")

    def do_save(self, tab: Tab, _step: dict) -> None:
        tab.page.click("form.write [data-save]", timeout=500, no_wait_after=True)

    def do_reload(self, tab: Tab, _step: dict) -> None:
        tab.typed.clear()
        tab.page.reload()
        self.read_on(tab)

    def do_leave(self, tab: Tab, _step: dict) -> None:
        """To another page and back by the browser's button."""
        tab.typed.clear()
        tab.page.goto("/akun/privasi/")
        tab.page.go_back()
        self.read_on(tab)

    def do_close(self, tab: Tab, _step: dict) -> None:
        self.look()
        tab.typed.clear()
        tab.page.close(run_before_unload=False)

    def do_crash(self, tab: Tab, _step: dict) -> None:
        """Its process dies: nothing of the page runs any more."""
        self.look()
        tab.typed.clear()
        try:
            tab.page.goto("chrome://crash", timeout=1500)
        except Error:
            tab.crashed = True  # as it should be
        for other in self.tabs.values():  # tabs may share a process; and no dead one stays behind
            if other.crashed and not other.page.is_closed():
                other.typed.clear()
                other.page.close()

    def do_take(self, tab: Tab, _step: dict) -> None:
        tab.page.click("[data-take]", timeout=300)
        tab.page.wait_for_timeout(150)

    def do_clock(self, tab: Tab, step: dict) -> None:
        tab.page.evaluate("(by) => window.moveClock(by)", step["by"])

    def do_offline(self, _step: dict) -> None:
        self.set_offline(True)

    def set_offline(self, offline: bool) -> None:
        """The pages are told so, and the proxy lets nothing of this device through.

        Not by Playwright, which waits for ever for the word of a service worker that died with its tab.
        """
        self.offline = offline
        (self.run.proxy.cut.add if offline else self.run.proxy.cut.discard)(self.number)
        for tab in self.tabs.values():
            if not tab.page.is_closed() and not tab.crashed:
                self.connect(tab)

    def connect(self, tab: Tab) -> None:
        tab.network = tab.network or self.context.new_cdp_session(tab.page)
        how = {"offline": self.offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        tab.network.send("Network.emulateNetworkConditions", how)

    def do_unplug(self, _step: dict) -> None:
        self.run.proxy.unplugged = True

    def do_online(self, _step: dict) -> None:
        self.run.proxy.unplugged = False
        self.set_offline(False)

    def do_end_session(self, _step: dict) -> None:
        self.run.world.end_session(self.run.session())

    def do_sign_in(self, _step: dict) -> None:
        self.run.session(new=True)
        for device in self.run.devices:
            device.sign_in()

    def do_kill_browser(self, _step: dict) -> str:
        from tests.faults.run import killed

        if self.folder is None:
            return "it is everybody's"
        self.look()
        killed(self.folder)
        self.end()
        self.tabs.clear()
        self.open()
        return "killed and opened"

    # --- Handing in --------------------------------------------------------------------------------

    def do_submit(self, tab: Tab, step: dict) -> str:
        tab.page.click("form.write [name=then]", timeout=500, no_wait_after=True)
        tab.page.wait_for_url("**/pratinjau/")
        tab.typed.clear()
        self.press(tab, twice=step["how"] == "double")
        if step["how"] == "back" and tab.page.url.endswith("/tanda-terima/"):
            tab.page.go_back()
            self.press(tab)
        if step["how"] == "reload" and not tab.page.url.endswith("/tanda-terima/"):
            tab.page.reload()  # the same form once more
            self.receipt(tab)
        if step["how"] != "once" and not tab.page.url.endswith("/tanda-terima/"):
            tab.page.goto(self.path.replace("/tulis/", "/pratinjau/"))
            self.press(tab)
        return tab.page.url.rsplit("/", 2)[-2]

    def press(self, tab: Tab, *, twice: bool = False) -> None:
        """Tick and submit, where the form stands; a receipt is noted."""
        page = tab.page
        if not page.locator(".submit-box button[type=submit]").count():
            return
        page.check("#id_statement", timeout=500)
        page.click(".submit-box button[type=submit]", click_count=2 if twice else 1, no_wait_after=True)
        self.receipt(tab)

    def receipt(self, tab: Tab) -> None:
        try:
            tab.page.wait_for_url("**/tanda-terima/", timeout=1500)
        except Error:
            return  # a fault's page
        self.run.receipts.add(tab.page.inner_text("#receipt-number"))

    # --- What it holds -----------------------------------------------------------------------------

    def pages(self) -> list:
        return [tab.page for tab in self.tabs.values() if not tab.page.is_closed() and not tab.crashed]

    def look(self) -> list[str]:
        """What the status lines say just now; what they promise is noted."""
        said = []
        for page in self.pages():
            try:
                said.append(page.evaluate("() => window.look?.() ?? ''"))
            except Error:
                continue
        return said

    def heal(self) -> None:
        self.sign_in(new=True)
        self.set_offline(False)
        for page in self.pages():
            try:
                page.evaluate("() => window.dispatchEvent(new Event('online'))")
            except Error:
                continue

    def settled(self) -> bool:
        """Nothing unsent; True also where the entry is no longer written."""
        writing = [page for page in self.pages() if self.writes(page)]
        if not writing:
            return True
        said = [text for text in self.look() if text]
        well = all(text.startswith(("Tersimpan di server", "Ada versi lain", "Belum ada")) for text in said)
        return not said or (well and not self.has_unsent())

    def reopen(self) -> None:
        """All tabs go, and the entry is opened in a new one."""
        for tab in self.tabs.values():
            if not tab.page.is_closed():
                tab.page.close(run_before_unload=False)
        self.tabs.clear()
        self.tabs[0] = Tab(self.context.new_page())
        for _time in range(3):
            try:
                self.tabs[0].page.goto(self.path, timeout=15000)
                if "/akun/masuk/" not in self.tabs[0].page.url:
                    break
                self.sign_in()  # an answer to the old session was still on its way, and took the new cookie away
            except Error:
                continue
        self.tabs[0].page.wait_for_timeout(150)

    def kept(self) -> list[dict]:
        for page in self.pages():
            try:
                return page.evaluate(DUMP)
            except Error:
                continue
        return []

    def dump(self) -> str:
        return json.dumps(self.kept())

    def has_unsent(self) -> bool:
        return any(record.get("unsent") for record in self.kept() if isinstance(record, dict))
