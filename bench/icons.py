"""Draw the app's icons from static/img/icon.svg with Chromium: ``python -m bench.icons``.

The PNG files are kept in the repository, because a server has no browser to make them.
"""

import io
import os
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).resolve().parents[1] / "static" / "img"
# A launcher may cut a maskable icon to a circle: no round corners of its own, and the drawing within four fifths.
SIZES = {"192": (192, False), "512": (512, False), "maskable": (512, True)}

SMALLER = 'transform="translate(256 256) scale(.8) translate(-256 -266)"'


def main() -> None:
    """Write icon-192.png, icon-512.png and icon-maskable.png."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or sys.exit("Chromium is not installed")
    drawing = (FOLDER / "icon.svg").read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name, (size, whole) in SIZES.items():
            svg = drawing.replace('rx="112"', "").replace('id="ship"', SMALLER) if whole else drawing
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(f"<style>*{{margin:0}}svg{{display:block;width:{size}px}}</style>{svg}")
            picture = Image.open(io.BytesIO(page.screenshot(omit_background=True)))
            (picture.convert("RGB") if whole else picture).save(FOLDER / f"icon-{name}.png", optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
