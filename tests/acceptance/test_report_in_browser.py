"""The report in a real browser: offline, scripts off, at every width, light and dark."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bulksms.ledger import FrameState
from bulksms.results.result_files import ReportOptions
from tests.builders import a_frame_record, an_unposted_frame
from tests.unit.results.pages import a_page
from tests.unit.results.rows import DUPLICATE, REJECTED, a_row

playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright: no browser test")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: no browser test")

FRAMES = (
    a_frame_record(),
    an_unposted_frame(number=2, state=FrameState.REFUSED, message="Unknown sender", code=106),
    a_frame_record(number=3, state=FrameState.IN_DOUBT, total_cost=None, ticket=None),
)
ROWS = [
    *(a_row(), REJECTED, DUPLICATE, a_row(row=5, country="GB")),
    *(a_row(row=6, frame=2), a_row(row=7, frame=3)),
]
FINDING = {"code": "gap", "level": "warning", "message": "A `gap`: " + "x" * 80, "count": 1}
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(params=["en", "fr"])
def page_file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "report.html"
    options = ReportOptions(language=request.param, with_people=True)
    plan = {"findings": [FINDING], "prices": {"FR": "0.045"}}
    path.write_text(
        a_page(name="vente-privee", frames=FRAMES, rows=ROWS, options=options, plan=plan),
        encoding="utf-8",
    )
    return path


def test_the_page_asks_for_nothing_and_shows_with_scripts_off(
    browser: object, page_file: Path
) -> None:
    context = browser.new_context(java_script_enabled=False, offline=True)  # type: ignore[attr-defined]
    page = context.new_page()
    requests: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))

    page.goto(page_file.as_uri())

    assert requests == [page_file.as_uri()]
    assert complaints == []  # of the policy, above all: the styles are applied
    assert "930" in page.inner_text("h1")
    assert page.locator("svg.bar").bounding_box()["height"] == 28
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_has_no_barrier_and_no_sideways_scrolling(
    browser: object, page_file: Path, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    # The policy would keep the examiner's script out too.
    text = POLICY.sub("", page_file.read_text(encoding="utf-8"))
    page_file.write_text(text.replace("<details>", "<details open>"), encoding="utf-8")
    for width in (1280, 1024, 390, 320):
        viewport = {"width": width, "height": 900}
        context = browser.new_context(viewport=viewport, color_scheme=scheme)  # type: ignore[attr-defined]
        page = context.new_page()
        page.goto(page_file.as_uri())
        violations = axe.run(page).response["violations"]
        too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        context.close()

        assert [(each["id"], each["nodes"][0]["html"]) for each in violations] == []
        assert (width, too_wide) == (width, 0)
