"""What a browser keeps: the device's store, and the caches."""

ROWS = """(store) => new Promise((resolve) => {
    const asked = indexedDB.open("berakhlak");
    asked.onsuccess = () => {
        const rows = asked.result.transaction(store).objectStore(store).getAll();
        rows.onsuccess = () => resolve(rows.result);
        rows.transaction.oncomplete = () => asked.result.close();
    };
})"""
CACHED = """async () => {
    const found = {};
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) found[request.url] = await (await cache.match(request)).text();
    }
    return found;
}"""


def on_device(page) -> list[dict]:
    """The drafts in the device's store."""
    return page.evaluate(ROWS, "drafts")


def shelf(page) -> list[dict]:
    """What the offline pages are filled from."""
    return page.evaluate(ROWS, "shelf")


def cached(page) -> dict[str, str]:
    """Everything in the browser's shared caches: address -> text."""
    return page.evaluate(CACHED)
