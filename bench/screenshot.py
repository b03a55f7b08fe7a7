"""``make screenshot``: docs/screenshot.png, the demo participant's dashboard at 1280 × 800, light, at most 200 KB."""

import io
import sys
from pathlib import Path

from bench import demo

TARGET = Path(__file__).resolve().parent.parent / "docs" / "screenshot.png"
LIMIT = 200 * 1024
COLOURS = (256, 128, 64, 32)  # the fewest are taken only when the picture is too large with more


def photograph(browser, url: str, email: str) -> bytes:
    """A PNG of what the participant sees first after signing in at `url`."""
    page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme="light", locale="id-ID")
    demo.sign_in(page, url, email)
    page.locator(".next-step").wait_for()
    page.wait_for_load_state("networkidle")
    return page.screenshot(animations="disabled")


def small(picture: bytes) -> bytes:
    """The same picture with a palette, as few colours as `LIMIT` demands."""
    from PIL import Image

    image = Image.open(io.BytesIO(picture)).convert("RGB")
    for colours in COLOURS:
        made = io.BytesIO()
        image.quantize(colours, dither=Image.Dither.NONE).save(made, "PNG", optimize=True)
        if made.tell() <= LIMIT:
            return made.getvalue()
    sys.exit(f"{made.tell()} bytes even with {COLOURS[-1]} colours; at most {LIMIT} are wanted")


def main() -> None:
    """Make the demo, serve it, take the picture."""
    with demo.served(participants=4) as url, demo.browser() as browser:
        from journals.demo.cohorts import PARTICIPANT

        picture = photograph(browser, url, PARTICIPANT)
    TARGET.write_bytes(small(picture))
    print(f"{TARGET.relative_to(Path.cwd())}: {TARGET.stat().st_size / 1024:.0f} KB")


if __name__ == "__main__":
    main()
