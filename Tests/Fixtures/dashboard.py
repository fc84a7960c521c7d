"""Uses the dashboard in a headless Chromium, as a person would.

    python dashboard.py BASE_URL TOKEN

Prints a JSON object a line: {"step": NAME, …what the page showed}. Whoever reads them brings about what the next
step waits for. Ends with 1 and says why where something does not show in time.
"""

import json
import os
import sys
import time

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

PATIENCE = 120
HOSTILE = "<img src=x onerror=window.pwned=1>"

# Told before any script of the page runs.
WATCH = """
window.violations = [];
document.addEventListener('securitypolicyviolation', (event) => window.violations.push(event.violatedDirective));
"""


def start():
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    # The sandbox refuses root, /dev/shm is small in containers, and nothing is asked of the Internet.
    for flag in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
                 "--disable-background-networking", "--disable-component-update", "--no-proxy-server"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
    resize(browser, 1280, 900)
    return browser


def resize(browser, width, height):
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})


def say(step, **facts):
    print(json.dumps({"step": step, **facts}), flush=True)


class Page:
    def __init__(self, browser):
        self.browser = browser
        self.parent = os.getppid()

    def wait(self, what, condition):
        """Answers the condition's value once it has one; the page may change under its hands."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if os.getppid() != self.parent:
                sys.exit("nobody waits for this any more")
            try:
                value = condition()
                if value:
                    return value
            except StaleElementReferenceException:
                pass
            time.sleep(0.05)
        shown = self.browser.execute_script("return document.body.innerText")
        sys.exit(f"{what} did not show; the page says:\n{shown}\n{self.log()}")

    def all(self, selector):
        return [found for found in self.browser.find_elements(By.CSS_SELECTOR, selector) if found.is_displayed()]

    def one(self, selector, text=""):
        return self.wait(f"{selector} with {text!r}", lambda: next(
            (found for found in self.all(selector) if text in found.text), None))

    def press(self, selector, text=""):
        def pressed():
            found = next((found for found in self.all(selector) if text in found.text and found.is_enabled()), None)
            if found:
                found.click()
            return found
        self.wait(f"{selector} with {text!r} to press", pressed)

    def task(self, name, state):
        """The row of a task once it shows this state."""
        return self.wait(f"{name} {state}", lambda: next(
            (row for row in self.all(".tasks tbody tr") if name in row.text and state in row.text), None))

    def go(self, hash):
        self.browser.execute_script("location.hash = arguments[0]", hash)

    def script(self, text):
        return self.browser.execute_script(f"return {text}")

    def log(self):
        """What the console was told since the last call."""
        return [f"{entry['source']}: {entry['message']}" for entry in self.browser.get_log("browser")]

    def complaints(self):
        return [entry for entry in self.log() if not entry.startswith("network:")]


def sign_in(page, token):
    page.one("dialog#token")

    def show(text):
        field = page.one("#token input")
        field.clear()
        field.send_keys(text, Keys.ENTER)

    show("not the token")
    refused = page.one("#token .refused").text
    show(token)
    page.one(".connection", "live")
    # Both refusals are in the console as what could not be loaded, and nothing else is.
    say("signed in", refused=refused, complaints=page.complaints(), empty=page.one(".empty").text)


def follow(page):
    """A task shows and moves without the page being loaded again."""
    page.script("window.mark = 1")
    for state in ("pending", "running", "succeeded"):
        row = page.task("live-1", state)
        say(state, row=row.text.split("\n"))
    page.one("nav a[href='#/deliveries'] .bubble", "1")
    page.press(".tasks a.id", "live-1")
    page.wait("the history", lambda: len(page.all(".timeline li[data-key^=event]")) == 3)
    page.one(".delivery .badge", "dead")
    say("opened", title=page.script("document.title"),
        events=[head.text for head in page.all(".timeline > li > .what > .head > b")],
        codes=[code.text for code in page.all(".attempts b")],
        error=page.one(".attempts .data").text, raw=page.one("pre.raw").text,
        links=[link.get_attribute("href") for link in page.all(".outputs a")])
    page.press(".delivery button", "Replay")
    page.one(".delivery .badge", "delivered")
    page.wait("the second attempt", lambda: len(page.all(".attempts b")) == 2)
    say("replayed", codes=[code.text for code in page.all(".attempts b")], toast=page.script(
        "document.getElementById('toasts').textContent"))


def mistrust(page):
    """What a task brings along is shown as it is, and is nothing but text."""
    page.go("#/tasks")
    row = page.task(HOSTILE, "unknown")
    label = row.find_element(By.CSS_SELECTOR, ".label").text
    status = row.find_element(By.CSS_SELECTOR, ".status").text
    row.find_element(By.CSS_SELECTOR, "a.id").click()
    page.one("h1", HOSTILE)
    outputs = page.script("document.querySelectorAll('main img, main iframe, main script').length")
    page.press("button", "Stop watching")
    page.press("button", "Really")
    page.one(".title .badge", "removed")
    say("hostile", label=label, status=status, elements=outputs, pwned=page.script("window.pwned ?? 0"))


def look_around(page):
    """Each view holds what it should, and fits a telephone."""
    for width in (1280, 360):
        resize(page.browser, width, 800)
        wide = []
        for view, sign in (("tasks", ".tasks tbody tr"), ("deliveries?state=all", ".deliveries tbody tr"),
                           ("hooks", ".card"), ("sources", ".card"), ("tasks/runway/live-1", ".timeline")):
            page.go("#/" + view)
            page.one(sign)
            if page.script("document.documentElement.scrollWidth") > width:
                wide.append(view)
        say(f"looked around at {width}", wide=wide)
    resize(page.browser, 1280, 900)
    page.go("#/hooks")
    page.press(".card button", "Test")
    say("tested", outcome=page.one(".outcome p").text)
    page.go("#/tasks")
    page.one("input[type=search]").send_keys("live-")
    page.wait("one row", lambda: len(page.all(".tasks tbody tr")) == 1)
    say("searched", hash=page.script("location.hash"))
    page.go("#/tasks")


def outlive(page):
    """The daemon goes and comes back; the page finds it again, and what happened meanwhile."""
    say("before the break", complaints=page.complaints(), mark=page.script("window.mark"))
    page.one(".connection", "reconnecting")
    say("broken")
    page.one(".connection", "live")
    page.task("late-1", "running")
    say("live again", complaints=page.complaints(), mark=page.script("window.mark"),
        violations=page.script("window.violations"))


def test_the_test(page):
    """The policy is there, and a violation would have been seen."""
    page.browser.execute_script(
        "const script = document.createElement('script'); script.textContent = 'window.pwned = 2';"
        "document.body.append(script)")
    page.wait("a violation", lambda: page.script("window.violations.length") == 1)
    say("policed", pwned=page.script("window.pwned ?? 0"), violations=page.script("window.violations"))


def main(base, token):
    browser = start()
    try:
        page = Page(browser)
        browser.get(base)
        sign_in(page, token)
        follow(page)
        mistrust(page)
        look_around(page)
        outlive(page)
        test_the_test(page)
    finally:
        browser.quit()


# A child does the work: it ends its browser even where this process is killed.
child = os.fork()
if child:
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
main(*sys.argv[1:])
