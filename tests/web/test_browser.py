"""The pages in a real browser: what people read, and nothing that the browser complains about."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    "--window-size=1400,1000",
)  # fmt: skip


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip("no browser: install the packages chromium and chromium-driver, else nobody looks at the pages")
    options = Options()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('browser')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    started = webdriver.Chrome(options=options, service=Service(driver))
    yield started
    started.quit()


def texts(browser: webdriver.Chrome, selector: str) -> list[str]:
    return [element.text for element in browser.find_elements(By.CSS_SELECTOR, selector)]


def complaints(browser: webdriver.Chrome) -> list[Any]:
    log: list[Any] = browser.get_log("browser")  # type: ignore[no-untyped-call] # not annotated there
    return log


def colour(browser: webdriver.Chrome) -> str:
    return str(browser.find_element(By.TAG_NAME, "body").value_of_css_property("background-color"))


def look(browser: webdriver.Chrome, address: str, *, scheme: str = "light") -> None:
    """Open a page as a reader with that colour scheme."""
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    browser.get(address)


def test_the_status_page_reads_as_an_on_call_engineer_needs_it(browser: webdriver.Chrome, url: str) -> None:
    look(browser, url + "/")
    assert browser.title == "2 breached · Status · syncd"
    tiles = dict(zip(texts(browser, ".tiles dt"), texts(browser, ".tiles dd"), strict=True))
    assert tiles == {
        "Breached": "2", "At risk": "1", "On track": "2", "Paused": "1", "Sources healthy": "1 of 3",
        "Notices waiting": "2 and 1 given up",
    }  # fmt: skip
    lines = texts(browser, "section[aria-labelledby=next] tbody tr")
    assert lines[0] == (
        "▲ At risk 1 h 12 min P1 ACME Managed Services INC0012345 snow Branch office without network fix "
        "2026-03-20 10:42 why"
    )
    assert texts(browser, "section[aria-labelledby=notifiers] tbody tr") == [
        "oncall 2 8 s 0", "chat 0 \u2013 1 nobody is told of them: syncd notices list --dead --channel chat",
    ]  # fmt: skip
    links = browser.find_elements(By.CSS_SELECTOR, ".clocks .id a")
    assert [link.get_attribute("href") for link in links] == [
        "https://snow.example/INC0012001", "https://snow.example/INC0012345", "https://jira.example/browse/OPS-61",
        "https://snow.example/INC0012388",
    ]  # fmt: skip
    assert complaints(browser) == []


def test_a_title_that_is_a_script_is_shown_and_not_run(browser: webdriver.Chrome, url: str) -> None:
    look(browser, url + "/")
    assert "<script>alert('title')</script>" in texts(browser, ".clocks .title")
    assert complaints(browser) == []


def test_the_way_from_a_breach_to_its_reason_is_one_click(browser: webdriver.Chrome, url: str) -> None:
    look(browser, url + "/")
    browser.find_element(By.CSS_SELECTOR, "a[href^='/tickets/mail-acme/']").click()
    (explanation,) = texts(browser, "pre.explanation")
    assert explanation.startswith("<c0ffee/7@mail.example>: fix 4h on <always>\n")
    assert complaints(browser) == []


def test_the_scorecard_shows_shares_with_their_n_and_results_in_words(browser: webdriver.Chrome, url: str) -> None:
    look(browser, url + "/")
    browser.find_element(By.LINK_TEXT, "Scorecards").click()
    assert texts(browser, "h1") == ["Scorecards 2026-03"]
    assert texts(browser, ".cards tbody tr")[:3] == [
        "fix resolution all 2026-03 190 10 200 95.00 % 90 % ● Attained 12 3 9",
        "fix resolution P1 2026-03 0 0 0 \N{EN DASH} 100 % ◦ Nothing decided 12 3 9",
        "response first response all 2026-03 2374 126 2500 94.96 % 95 % ■ Below 12 3 9",
    ]
    browser.find_element(By.LINK_TEXT, "← 2026-02").click()
    assert texts(browser, "h1") == ["Scorecards 2026-02"]
    assert complaints(browser) == []


def test_the_description_of_the_api_loads_nothing_that_is_refused(browser: webdriver.Chrome, url: str) -> None:
    look(browser, url + "/api/docs")
    assert "GET /api/v1/open-clocks" in texts(browser, "h2")
    assert complaints(browser) == []


def test_figures_stand_in_columns_and_the_style_is_applied(browser: webdriver.Chrome, url: str) -> None:
    look(browser, url + "/scorecards")
    cell = browser.find_element(By.CSS_SELECTOR, ".cards tbody .num")
    assert cell.value_of_css_property("text-align") == "right"
    assert "tabular-nums" in cell.value_of_css_property("font-variant-numeric")


def test_a_reader_of_dark_pages_gets_dark_pages(browser: webdriver.Chrome, url: str) -> None:
    look(browser, url + "/", scheme="light")
    light = colour(browser)
    look(browser, url + "/", scheme="dark")
    assert (light, colour(browser)) == ("rgba(255, 255, 255, 1)", "rgba(18, 22, 28, 1)")


@pytest.mark.parametrize("path", ["/", "/scorecards", "/api/docs", "/tickets/snow/INC0012345"])
def test_a_narrow_screen_scrolls_tables_and_never_the_page(browser: webdriver.Chrome, url: str, path: str) -> None:
    browser.set_window_size(520, 1000)
    try:
        look(browser, url + path)
        wider = browser.execute_script(
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wider <= 0
    finally:
        browser.set_window_size(1400, 1000)
