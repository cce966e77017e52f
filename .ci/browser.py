"""Walks the whole procedure in a real browser, with three persons and in both languages:
in English with the mouse, in Chinese with the keyboard alone, and in both with scripts switched
off. On every page it meets, axe-core looks for what keeps people out; anything serious ends the
walk. Without scripts axe-core cannot run: there it is what the pages and the ledger say.

    browser.py --vetmark PROGRAM --axe axe.min.js [--shots FOLDER [--room FOLDER]]

Needs chromium with its driver, and selenium.
"""

import argparse
import io
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.ui import WebDriverWait

PASSWORD = "a sentence of the office"
TREE = pathlib.Path(__file__).resolve().parent.parent
PEOPLE = [("zhang", "张三", "submitter"), ("li", "李四", "reviewer"), ("wang", "王五", "approver")]
SERIOUS = ("serious", "critical")


def long_matter():
    """A matter with everything in it: a mark, more text than one page shows, and a part that
    cannot be read."""
    lines = ["机密★10年", "关于汛期值班安排的通知", "2024年3月1日"]
    lines += [f"第{number}日由第{number % 7 + 1}组值班。" for number in range(1, 900)]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in [("通知.txt", "\n".join(lines).encode()), ("附图.pdf", b"%PDF-1.7\nno")]:
            # The same bytes on any day.
            archive.writestr(zipfile.ZipInfo(name, (2024, 3, 1, 8, 0, 0)), content)
    return packed.getvalue()


class Office:
    """A room with documents, a store, and a console over it."""

    def __init__(self, vetmark, room):
        self.room = tempfile.TemporaryDirectory()
        here = room or pathlib.Path(self.room.name)
        shutil.rmtree(here / "in", ignore_errors=True)
        for left in here.glob("store*"):
            left.unlink()
        (here / "in").mkdir(parents=True)
        for document in sorted((TREE / "corpora/sample/documents").iterdir()):
            shutil.copy(document, here / "in")
        (here / "in/旧稿.pdf").write_bytes(b"%PDF-1.7\nnothing more")
        (here / "in/值班安排.zip").write_bytes(long_matter())
        self.vetmark, self.here = vetmark, here
        store = ["--store", str(here / "store")]
        scan = [vetmark, "scan", "in", "--quotes=on", "--as-of", "2026-11-27", "--out", "report"]
        done = subprocess.run(scan + store, cwd=here, capture_output=True, text=True)
        assert done.returncode == 1, done.stderr
        serve = [vetmark, "serve", "--listen", "127.0.0.1:0", "--lang", "en"]
        self.server = subprocess.Popen(serve + store, cwd=here, stdout=subprocess.PIPE, text=True)
        self.setup = self.server.stdout.readline().strip()
        self.base = re.match(r"https?://[^/]+", self.setup).group()

    def ledger(self):
        """What was done so far: actor, action, subject and body of every entry, which hold."""
        where = {"cwd": self.here, "check": True, "capture_output": True}
        subprocess.run([self.vetmark, "ledger", "verify", "store"], **where)
        out = subprocess.run([self.vetmark, "ledger", "export", "--store", "store"], **where).stdout
        _, *entries = [json.loads(line) for line in out.splitlines()]
        return [(e["actor"], e["action"], e["subject"], json.loads(e["body"])) for e in entries]

    def close(self):
        self.server.terminate()
        assert self.server.wait(timeout=30) == 0, "it does not stop in good order"
        self.room.cleanup()


class Browser:
    """One person's browser."""

    def __init__(self, args, lang, keyboard, scripts=True):
        options = webdriver.ChromeOptions()
        for argument in [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1440,1000",
            "--disable-dev-shm-usage", f"--lang={'zh-CN' if lang == 'zh' else 'en-GB'}",
        ]:
            options.add_argument(argument)
        options.add_experimental_option(
            "prefs", {"intl.accept_languages": "zh-CN,zh" if lang == "zh" else "en-GB,en"}
        )
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(service=Service(args.chromedriver), options=options)
        self.args, self.lang, self.keyboard, self.axe = args, lang, keyboard, args.axe.read_text()
        self.scripts = scripts
        if not scripts:
            off = {"value": True}
            self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", off)

    def open(self, address):
        self.driver.get(address)
        self.look()

    def look(self):
        """What every page has to be: in its language, without complaint of browser or axe."""
        code = self.driver.find_element(By.TAG_NAME, "html").get_attribute("lang")
        assert code == {"en": "en", "zh": "zh-CN"}[self.lang], f"{code}: {self.driver.current_url}"
        self.complaints()
        if not self.scripts:
            return
        # axe waits for frames and fonts: a page of ours has no frame.
        found = self.driver.execute_async_script(
            self.axe + "; const done = arguments[arguments.length - 1];"
            "axe.run(document, {resultTypes: ['violations']}).then(r => done(r.violations));"
        )
        bad = [one for one in found if one["impact"] in SERIOUS]
        for one in bad:
            print(one["id"], one["impact"], one["help"], file=sys.stderr)
            for node in one["nodes"]:
                print("   ", node["html"][:200], node["failureSummary"][:300], file=sys.stderr)
        assert not bad, self.driver.current_url

    def complaints(self):
        for line in self.driver.get_log("browser"):
            expected = "status of 4" in line["message"]
            assert line["level"] != "SEVERE" or expected, line

    def shot(self, name):
        if self.args.shots:
            self.driver.save_screenshot(str(self.args.shots / f"{name}.png"))

    # With the mouse elements are found and clicked; with the keyboard alone they are come to.

    def press(self, *keys):
        ActionChains(self.driver).send_keys(*keys).perform()

    def come_to(self, css):
        """Tab by Tab to a control, from where the focus is; what cannot be come to is missing."""
        wanted = self.driver.find_element(By.CSS_SELECTOR, css)
        radio = wanted.get_attribute("type") == "radio"
        for _ in range(400):
            at = self.driver.switch_to.active_element
            if at == wanted:
                return at
            # Of a group of radio buttons Tab comes to one, arrows go on from there.
            if radio and at.get_attribute("name") == wanted.get_attribute("name"):
                self.press(Keys.ARROW_DOWN)
            else:
                self.press(Keys.TAB)
        raise AssertionError(f"no way to {css} with the keyboard")

    def write(self, css, text):
        field = self.driver.find_element(By.CSS_SELECTOR, css)
        if field.get_attribute("type") == "date":
            return self.write_day(css, field, text)
        if self.keyboard:
            self.come_to(css)
            ActionChains(self.driver).key_down(Keys.CONTROL).send_keys("a").key_up(
                Keys.CONTROL
            ).perform()
            self.press(text)
        else:
            field.click()
            field.clear()
            field.send_keys(text)

    def write_day(self, css, field, text):
        """A day, in the order in which this browser's field takes it."""
        year, month, day = text.split("-")
        for typed in [month + day + year, day + month + year, year + Keys.TAB + month + day]:
            if self.keyboard:
                self.driver.execute_script("arguments[0].blur()", field)
                self.come_to(css)
                self.press(typed)
            else:
                field.send_keys(typed)
            if field.get_attribute("value") == text:
                return
        raise AssertionError(f"{css} takes no day: {field.get_attribute('value')}")

    def tick(self, css):
        if self.keyboard:
            self.come_to(css)
            self.press(Keys.SPACE)
        else:
            self.driver.find_element(By.CSS_SELECTOR, css).click()

    def go(self, css):
        """Presses a button or follows a link, and looks at where that leads."""
        before = self.driver.find_element(By.TAG_NAME, "html")
        if self.keyboard:
            self.come_to(css)
            self.press(Keys.ENTER)
        else:
            self.driver.find_element(By.CSS_SELECTOR, css).click()
        WebDriverWait(self.driver, 60).until(lambda _: is_gone(before))
        self.look()

    def says(self, words):
        text = self.driver.find_element(By.TAG_NAME, "main").text
        assert words in text, f"{words} not in {self.driver.current_url}:\n{text}"

    def all(self, css):
        return self.driver.find_elements(By.CSS_SELECTOR, css)


def is_gone(element):
    try:
        element.is_enabled()
        return False
    except Exception:
        return True


def sign_in(browser, office, name):
    browser.open(f"{office.base}/sign-in")
    browser.write("#name", name)
    browser.write("#password", PASSWORD)
    browser.go("main form button")


def sign_out(browser):
    browser.go(".who form button")


def password(browser, address, code=None):
    browser.open(address)
    if code:
        browser.write("#code", code)
    browser.write("#password", PASSWORD)
    browser.write("#again", PASSWORD)
    browser.go("main form button")


def set_up(browser, office):
    """Two administrators by the link that was printed; they enter the others."""
    browser.open(office.setup)
    for duty, name, shown in [("system", "sun", "孙七"), ("security", "qian", "钱八")]:
        browser.write(f"#{duty}-name", name)
        browser.write(f"#{duty}-shown", shown)
    browser.go("main form button")
    links = [link.get_attribute("href") for link in browser.all(".links a")]
    assert len(links) == 2
    for link in links:
        password(browser, link)
    sign_in(browser, office, "sun")
    links = []
    for name, shown, _ in PEOPLE:
        browser.write("#name", name)
        browser.write("#shown", shown)
        browser.go("main section form button")
    for name, _, _ in PEOPLE:
        browser.go(f"button[value=link][aria-label$=': {name}']")
        links.append(browser.all(".notice a")[0].get_attribute("href"))
    sign_out(browser)
    sign_in(browser, office, "qian")
    for name, _, role in PEOPLE:
        choice = f"select[aria-label$=' {name}']"
        if browser.keyboard:
            browser.come_to(choice)
            select = browser.driver.switch_to.active_element
            while Select(select).first_selected_option.get_attribute("value") != role:
                browser.press(Keys.ARROW_DOWN)
        else:
            Select(browser.all(choice)[0]).select_by_value(role)
        browser.go(f"{choice} + button")
    codes = []
    for name, _, _ in PEOPLE:
        browser.go(f"button[value=code][aria-label$=': {name}']")
        codes.append(browser.all(".notice code")[0].text)
    browser.shot(f"people-{browser.lang}")
    browser.open(f"{office.base}/policy")
    sign_out(browser)
    for link, code in zip(links, codes):
        password(browser, link, code)


def to_matter(browser, words):
    """From the queue to the matter whose line holds some words."""
    if browser.keyboard:
        for _ in range(60):
            at = browser.driver.switch_to.active_element
            if at.get_attribute("class") == "hit" and words in at.text:
                break
            browser.press("j")
        else:
            raise AssertionError(f"no {words} in the queue")
        before = browser.driver.find_element(By.TAG_NAME, "html")
        browser.press(Keys.ENTER)
        WebDriverWait(browser.driver, 60).until(lambda _: is_gone(before))
        browser.look()
    else:
        row = [link for link in browser.all("a.hit") if words in link.text]
        assert row, f"no {words} in the queue"
        browser.driver.get(row[0].get_attribute("href"))
        browser.look()


def propose(browser, office, words, channel):
    sign_in(browser, office, "zhang")
    browser.shot(f"queue-{browser.lang}")
    to_matter(browser, words)
    browser.write("#channel", channel)
    browser.write("#day", "2026-12-01")
    browser.write("#basis", "政府信息公开条例")
    browser.write("#opinion", "拟公开")
    browser.shot(f"form-{browser.lang}")
    browser.go("#step button")
    browser.says({"en": "Recorded", "zh": "已登记"}[browser.lang])
    sign_out(browser)


def review(browser, office, words):
    sign_in(browser, office, "li")
    to_matter(browser, words)
    fields = browser.all("input[name^=reason-]")
    findings = [field.get_attribute("name").removeprefix("reason-") for field in fields]
    assert findings, "nothing to rule on"
    for finding in findings:
        if browser.keyboard:
            # To the finding with j, its ruling with one key, its reason where that leads.
            for _ in range(60):
                if browser.driver.switch_to.active_element.get_attribute("id") == finding:
                    break
                browser.press("j")
            browser.press("u")
            at = browser.driver.switch_to.active_element
            assert at.get_attribute("name") == f"reason-{finding}", at.get_attribute("outerHTML")
            browser.press("标志完整", Keys.ESCAPE)
        else:
            browser.tick(f"#{finding}-upheld")
            browser.write(f"#reason-{finding}", "标志完整")
    for field in browser.all("textarea[name^=attest-]"):
        browser.write(f"#{field.get_attribute('id')}", "已阅纸质件")
    browser.shot(f"matter-{browser.lang}")
    if browser.keyboard:
        browser.press(Keys.ESCAPE, "d")
    browser.write("#opinion", "同意")
    browser.go("#step button")
    browser.says({"en": "Recorded", "zh": "已登记"}[browser.lang])
    sign_out(browser)


def decide(browser, office, words):
    sign_in(browser, office, "wang")
    to_matter(browser, words)
    # A live mark was upheld: it is not disclosed as it is, and nothing that was typed is lost.
    browser.tick("#conclusion-disclose")
    browser.write("#reason", "同意公开")
    browser.go("#step button")
    browser.says({"en": "Not recorded", "zh": "未登记"}[browser.lang])
    assert browser.all("#reason")[0].get_attribute("value") == "同意公开"
    browser.shot(f"refused-{browser.lang}")
    browser.tick("#conclusion-withhold")
    browser.write("#reason", "不同意公开")
    browser.go("#step button")
    browser.says({"en": "Recorded", "zh": "已登记"}[browser.lang])
    browser.shot(f"decided-{browser.lang}")


def around(browser, office):
    """Pages that the procedure does not come by."""
    for page in ["/rules", "/rules/cn.mark.state-secret", "/scopes", "/keys", "/account",
                 "/queue?step=any", "/no-such-page"]:
        browser.open(office.base + page)
    browser.open(office.base + "/scopes")
    scope = browser.all("a.hit")[0].get_attribute("href")
    browser.open(scope)
    # A document beside what was found in it.
    browser.open(office.base + "/queue?step=any")
    to_matter(browser, "汛前桥梁")
    browser.open(browser.all("#documents a")[-1].get_attribute("href"))
    browser.says("机密★10年")
    browser.shot(f"view-{browser.lang}")
    # The legend: by a key, and by a page.
    browser.open(office.base + "/queue?step=any")
    browser.press("?")
    WebDriverWait(browser.driver, 60).until(lambda _: browser.all("dialog[open]"))
    browser.look()
    browser.shot(f"legend-{browser.lang}")
    browser.press(Keys.ESCAPE)
    assert not browser.all("dialog[open]")
    # In a narrow window.
    sizes = {"width": 600, "height": 900}
    browser.driver.set_window_size(**sizes)
    browser.open(office.base + "/queue?step=any")
    browser.shot(f"narrow-{browser.lang}")


# Without scripts: links, forms and what the browser itself does with them.


def no_scripts(browser):
    """Keys of the script do nothing: it did not run."""
    browser.press("?")
    browser.press("j")
    assert not browser.all("dialog"), "a script ran"
    assert browser.driver.switch_to.active_element.tag_name == "body", "a script ran"


def found_in_queue(browser, words):
    """A matter by a facet, by a word that was typed, and by both, and the way into it."""
    hits = lambda: [link.text for link in browser.all("a.hit")]
    everything = hits()
    assert len(everything) > 5, everything
    browser.go("nav.facets a[href*='verdict=withhold']")
    withheld = hits()
    assert 0 < len(withheld) < len(everything) and set(withheld) < set(everything), withheld
    assert browser.all("nav.facets a[href*='verdict=withhold'][aria-current=true]")
    browser.write("#text", words)
    browser.go(".filter button")
    assert len(hits()) == 1 and words in hits()[0], hits()
    assert "verdict=withhold" in browser.driver.current_url, "the facet is lost"
    browser.write("#text", "没有这样的事项")
    browser.go(".filter button")
    browser.says({"en": "Nothing waits here", "zh": "没有符合条件的事项"}[browser.lang])
    browser.write("#text", words)
    browser.go(".filter button")
    browser.go("a.hit")
    return int(browser.driver.current_url.rsplit("/", 1)[1])


def turned(browser, matter):
    """A document beside what was found in it: its first page, its next, and back by a hit."""
    browser.go(".finding .place a")
    browser.says("机密★10年")
    browser.says("第1日由第2组值班")
    assert browser.all("mark.block"), "the mark is not marked"
    # To the last stretch of a long page, by the way to the next, each an address of its own.
    seen = [browser.driver.current_url]
    while "第899日由" not in browser.driver.find_element(By.TAG_NAME, "main").text:
        further = {"en": "next", "zh": "下一"}[browser.lang]
        ways = [way for way in browser.all(".pages a") if further in way.text]
        assert ways, browser.driver.find_element(By.CSS_SELECTOR, ".turn").text
        browser.go(f".pages a[href='{ways[0].get_dom_attribute('href')}']")
        assert browser.driver.current_url not in seen, seen
        seen.append(browser.driver.current_url)
    assert len(seen) > 2, seen
    text = browser.driver.find_element(By.TAG_NAME, "main").text
    assert "机密★10年" not in text, text[:400]
    browser.go(".turn a.beyond")
    browser.says("机密★10年")
    browser.go("h1 a")
    assert browser.driver.current_url.endswith(f"/matters/{matter}")


def plain_submit(browser, office, words):
    sign_in(browser, office, "zhang")
    no_scripts(browser)
    matter = found_in_queue(browser, words)
    no_scripts(browser)
    turned(browser, matter)
    # What the browser holds back without a script: a form that is not filled in.
    browser.driver.find_element(By.CSS_SELECTOR, "#step button").click()
    assert browser.all("#channel:invalid"), "an empty channel is taken"
    browser.write("#channel", "政府网站")
    browser.write("#day", "2026-12-01")
    browser.write("#basis", "政府信息公开条例")
    browser.write("#opinion", "拟公开")
    browser.go("#step button")
    browser.says({"en": "Recorded", "zh": "已登记"}[browser.lang])
    step = browser.all(".steps [aria-current=step]")[0].text
    assert {"en": "confidentiality review", "zh": "保密审查"}[browser.lang] in step, step
    sign_out(browser)
    return matter


def plain_review(browser, office, matter):
    sign_in(browser, office, "li")
    browser.open(f"{office.base}/matters/{matter}")
    ruled = []
    for field in browser.all("input[name^=reason-]"):
        finding = field.get_attribute("name").removeprefix("reason-")
        ruling = "upheld" if not ruled else "left"
        browser.tick(f"#{finding}-{ruling}")
        browser.write(f"#reason-{finding}", "看过原件")
        ruled.append((finding, ruling))
    attested = [field.get_attribute("id") for field in browser.all("textarea[name^=attest-]")]
    assert ruled and attested, (ruled, attested)
    for field in attested:
        browser.write(f"#{field}", "已阅纸质件，无标志")
    browser.write("#opinion", "标志成立，建议不予公开")
    browser.go("#step button")
    browser.says({"en": "Recorded", "zh": "已登记"}[browser.lang])
    sign_out(browser)
    return ruled, [field.removeprefix("attest-") for field in attested]


def plain_decide(browser, office, matter):
    sign_in(browser, office, "wang")
    browser.open(f"{office.base}/matters/{matter}")
    browser.tick("#conclusion-withhold")
    browser.write("#reason", "不同意公开")
    browser.go("#step button")
    browser.says({"en": "Recorded", "zh": "已登记"}[browser.lang])
    browser.says({"en": "Decided for every channel", "zh": "各公开渠道均已办结"}[browser.lang])
    said = browser.driver.find_element(By.ID, "said").text
    for words in ["张三", "拟公开", "李四", "标志成立，建议不予公开", "看过原件", "已阅纸质件，无标志",
                  "王五", "不同意公开", {"en": "do not disclose", "zh": "不予公开"}[browser.lang]]:
        assert words in said, f"{words} not in\n{said}"
    browser.shot(f"plain-decided-{browser.lang}")
    # The other language by the link at the top, and back.
    other = {"en": "zh-CN", "zh": "en"}[browser.lang]
    for code in [other, {"en": "en", "zh": "zh-CN"}[browser.lang]]:
        browser.driver.find_element(By.CSS_SELECTOR, ".who > a").click()
        WebDriverWait(browser.driver, 60).until(
            lambda driver: driver.find_elements(By.CSS_SELECTOR, f"html[lang='{code}']")
        )
    sign_out(browser)


def walk_plain(args, lang):
    """The whole procedure with scripts switched off, and what the ledger says of it."""
    office = Office(args.vetmark, args.room)
    browser = Browser(args, lang, keyboard=False, scripts=False)
    try:
        set_up(browser, office)
        matter = plain_submit(browser, office, "值班安排")
        ruled, attested = plain_review(browser, office, matter)
        plain_decide(browser, office, matter)
    except Exception:
        browser.shot("failed")
        raise
    finally:
        browser.driver.quit()
        entries = office.ledger()
        office.close()
    of = [(actor, action, body) for actor, action, subject, body in entries
          if subject == f"matter {matter}" and actor in ("zhang", "li", "wang")]
    done = [(actor, action) for actor, action, _ in of if action not in ("matter.look", "matter.page")]
    steps = [("zhang", "matter.submit"), ("li", "matter.review"), ("wang", "matter.decide")]
    assert done == steps, done
    for actor, _ in steps:
        assert (actor, "matter.look") in [(a, action) for a, action, _ in of], f"{actor} never looked"
    pages = [body for actor, action, body in of if (actor, action) == ("zhang", "matter.page")]
    assert len(pages) >= 3, f"pages were turned and not entered: {pages}"
    review = next(body for _, action, body in of if action == "matter.review")
    told = json.dumps(review, ensure_ascii=False)
    for words in ["看过原件", "已阅纸质件，无标志"] + [f'"{finding}"' for finding, _ in ruled]:
        assert words in told, f"{words} not in {told}"
    assert all(number in told for number in attested), told
    print(f"walked in {lang} with scripts switched off")


def walk(args, lang, keyboard):
    office = Office(args.vetmark, args.room)
    browser = Browser(args, lang, keyboard)
    try:
        set_up(browser, office)
        words = "汛前桥梁"
        propose(browser, office, words, "政府网站")
        review(browser, office, words)
        decide(browser, office, words)
        around(browser, office)
    except Exception:
        browser.shot("failed")
        raise
    finally:
        browser.driver.quit()
        office.close()
    print(f"walked in {lang}, {'with the keyboard alone' if keyboard else 'with the mouse'}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--vetmark", required=True)
    parser.add_argument("--axe", required=True, type=pathlib.Path)
    parser.add_argument("--shots", type=pathlib.Path)
    parser.add_argument("--room", type=pathlib.Path, help="folder to work in, seen on pictures")
    parser.add_argument("--chromedriver", default="/usr/bin/chromedriver")
    parser.add_argument("--plain", action="store_true", help="the walks without scripts alone")
    args = parser.parse_args()
    if args.shots:
        args.shots.mkdir(parents=True, exist_ok=True)
    if not args.plain:
        walk(args, "en", keyboard=False)
        walk(args, "zh", keyboard=True)
    walk_plain(args, "en")
    walk_plain(args, "zh")


main()
