#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Opens a report in a browser and checks what only a browser can say.

    check_report.py FOLDER [--pictures FOLDER]

FOLDER is what `survival report … --output FOLDER` wrote. See README.md beside this file.
"""

import argparse
import csv
import json
import pathlib
import re
import sys

from browser import Browser, BrowserError

WIDTHS = (375, 800, 1280)
SCHEMES = ("light", "dark")

# Everything that the checks want to know about the page as it is shown.
CONTENTS = """(() => {
  const text = element => element.textContent.replace(/\\s+/g, ' ').trim();
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  return {
    title: document.title,
    language: document.documentElement.lang,
    headings: all('main section > h2').map(text),
    sections: all('main section').map(section => section.id),
    synthetic: all('header .synthetic').length,
    tags: all('figcaption .tag').length,
    captions: all('figcaption').length,
    identifiers: all('[id]').map(element => element.id),
    links: all('a[href]').map(link => link.getAttribute('href')),
    labels: all('[aria-labelledby]').flatMap(
      element => element.getAttribute('aria-labelledby').split(' ')),
    outside: all('script, iframe, object, embed, img, link[rel=stylesheet]').length
      + all('[src], [style*="url("]').length,
    svgs: all('.drawing').map(figure => ({id: figure.id, count: all('svg', figure).length})),
    landmarks: ['header', 'nav', 'main', 'footer'].filter(name => !document.querySelector(name)),
    tables: Object.fromEntries(all('table').map(table => [table.id, {
      head: all('thead th', table).map(text),
      rows: all('tbody tr', table).map(row => ({
        label: text(row.querySelector('th[scope=row]')), cells: all('td', row).map(text)}))}])),
  };
})()"""

# What must hold at every width: the page is not moved sideways, one drawing of two is shown, its text
# can be read, and stands out from its ground.
LAYOUT = """(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const shown = element => element.getClientRects().length > 0;
  const color = value => {
    const parts = value.match(/[0-9.]+/g).map(Number);
    return {rgb: parts.slice(0, 3), alpha: parts.length > 3 ? parts[3] : 1};
  };
  const luminance = rgb => rgb.map(value => value / 255)
    .map(value => value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
    .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
  const ground = element => {
    for (let node = element; node; node = node.parentElement) {
      const value = color(getComputedStyle(node).backgroundColor);
      if (value.alpha > 0) return value.rgb;
    }
    return [255, 255, 255];
  };
  const contrast = (element, property) => {
    const one = luminance(color(getComputedStyle(element)[property]).rgb);
    const two = luminance(ground(element));
    return (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
  };
  const faint = [];
  for (const element of all('h1, h2, h3, p, dt, dd, a, th, td, figcaption, .tag'))
    if (shown(element) && element.textContent.trim() && contrast(element, 'color') < 4.5)
      faint.push(element.textContent.trim().slice(0, 40));
  let smallest = 100;
  for (const element of all('svg text').filter(shown)) {
    const svg = element.ownerSVGElement;
    const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    smallest = Math.min(smallest, parseFloat(getComputedStyle(element).fontSize) * scale);
    if (contrast(element, 'fill') < 4.5) faint.push('svg: ' + element.textContent.slice(0, 40));
  }
  const box = element => element.getBoundingClientRect();
  return {
    width: document.scrollingElement.scrollWidth, window: innerWidth,
    height: Math.ceil(document.scrollingElement.scrollHeight),
    smallest, faint: faint.slice(0, 5),
    drawings: all('.drawing').filter(figure => all('svg', figure).filter(shown).length !== 1)
      .map(figure => figure.id),
    cut: all('.drawing svg').filter(shown).filter(svg => all('text', svg).some(text =>
      box(text).left < box(svg).left - 1 || box(text).right > box(svg).right + 1
      || box(text).bottom > box(svg).bottom + 1)).map(svg => svg.id),
    narrow: all('.box').filter(box => box.scrollWidth > box.clientWidth && box.tabIndex < 0).length,
  };
})()"""

NUMBER = re.compile(r"[−-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?")


class Checks:
    """Counts what held, and keeps what did not."""

    def __init__(self):
        self.count = 0
        self.faults = []

    def check(self, holds, what):
        self.count += 1
        if not holds:
            self.faults.append(what)


def agrees(text, value):
    """Whether a number as it is shown is a value, rounded to the digits that are shown."""
    text = text.replace("−", "-")
    mantissa, _, exponent = text.partition("e")
    places = len(mantissa.partition(".")[2])
    half = 0.5 * 10.0 ** (int(exponent or 0) - places)
    return abs(float(text) - value) <= half * 1.0000001 + 1e-12 * abs(value)


def numbers(value):
    """The numbers of a cell in the order in which they are shown, and whether all are there."""
    if isinstance(value, dict):
        if "share" in value:
            return [value["count"], ("percent", value["share"])]
        names = ["estimate", "lower", "upper"] if "estimate" in value else [
            name for name in value if name != "level"]
        return [value[name] for name in names]
    return [value]


def check_cell(checks, text, value, place):
    """Compares a cell of the page with the same of the JSON."""
    if value is None or isinstance(value, str):
        checks.check((value or "") == text or text == "–" and value is None,
                     f"{place}: {text!r} is not {value!r}")
        return
    if isinstance(value, bool):
        checks.check(False, f"{place}: a truth value")
        return
    wanted = [number for number in numbers(value) if number is not None]
    if not wanted:
        checks.check(text in ("–", "NR"), f"{place}: {text!r} although there is no number")
        return
    if text.startswith("<"):
        checks.check(wanted[0] < float(text[1:]) * 1.2, f"{place}: {text!r} is not {value}")
        return
    found = NUMBER.findall(text)
    checks.check(len(found) == len(wanted), f"{place}: {text!r} has not the numbers of {value}")
    is_percent = "%" in text and not (isinstance(value, dict) and "count" in value)
    for one, other in zip(found, wanted):
        if isinstance(other, tuple):
            other = 100 * other[1]
        elif is_percent:
            other = 100 * other
        checks.check(agrees(one, other), f"{place}: {one} is not {other}")


def blocks(report, kind):
    return [block for section in report["sections"] for block in section["blocks"]
            if block["kind"] == kind]


def check_contents(checks, page, report):
    """What the page holds, against the JSON."""
    known = set(page["identifiers"])
    checks.check(len(known) == len(page["identifiers"]), "two elements have one id")
    checks.check(page["language"] == "en", "the page names no language")
    checks.check(not page["landmarks"], f"landmarks are missing: {page['landmarks']}")
    checks.check(page["outside"] == 0, "the page refers to something outside")
    for link in page["links"]:
        checks.check(link.startswith("#") and link[1:] in known, f"the link {link} leads nowhere")
    for label in page["labels"]:
        checks.check(label in known, f"the label {label} is missing")
    checks.check(page["headings"] == [section["title"] for section in report["sections"]],
                 "the sections are not those of the JSON")
    synthetic = report["synthetic"]
    checks.check((page["synthetic"] > 0) == synthetic, "the banner of synthetic data")
    checks.check(page["tags"] == (page["captions"] if synthetic else 0), "captions say synthetic")
    checks.check(("synthetic" in page["title"]) == synthetic, "the title says synthetic")

    figures = [figure["id"] for figure in blocks(report, "figure")]
    checks.check([svg["id"] for svg in page["svgs"]] == [f"figure-{name}" for name in figures],
                 "the figures are not those of the JSON")
    checks.check(all(svg["count"] == 2 for svg in page["svgs"]), "each figure is drawn twice")

    tables = blocks(report, "table")
    checks.check(list(page["tables"]) == [f"table-{table['id']}" for table in tables],
                 "the tables are not those of the JSON")
    for table in tables:
        found = page["tables"].get(f"table-{table['id']}")
        if found is None:
            continue
        shown = [column for column in table["columns"] if column["shown"]]
        checks.check(found["head"][-len(shown):] == [" ".join(column["title"].split())
                                                     for column in shown],
                     f"{table['id']}: the columns differ")
        checks.check(len(found["rows"]) == len(table["rows"]), f"{table['id']}: rows differ")
        for index, (row, wanted) in enumerate(zip(found["rows"], table["rows"])):
            place = f"{table['id']}, row {index + 1}"
            checks.check(row["label"] == " ".join(wanted["label"].split()), f"{place}: the label")
            for text, column in zip(row["cells"], shown):
                check_cell(checks, text, wanted["values"][column["key"]],
                           f"{place}, {column['key']}")


def check_csv(checks, folder, report):
    """The CSV has the values of the JSON, bit for bit."""
    wanted = []
    for block in (block for section in report["sections"] for block in section["blocks"]):
        table = block if block["kind"] == "table" else block.get("data")
        if not table:
            continue
        for index, row in enumerate(table["rows"]):
            for column in table["columns"]:
                value = row["values"][column["key"]]
                parts = value.items() if isinstance(value, dict) else [("", value)]
                for name, part in parts:
                    if part is not None or isinstance(value, dict):
                        wanted.append((table["id"], index + 1, row["parent"] or "", row["label"],
                                       column["key"], name, part))
    with open(folder / "report.csv", newline="", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    found = [line for line in lines if line["value"] or line["statistic"]]
    checks.check(len(found) == len(wanted), f"{len(found)} values in the CSV, not {len(wanted)}")
    for line, (table, row, parent, label, column, name, value) in zip(found, wanted):
        same = (line["table"], int(line["row"]), line["parent"], line["label"], line["column"],
                line["statistic"]) == (table, row, parent, label, column, name)
        if isinstance(value, (int, float)):
            same = same and float(line["value"]) == value
        else:
            same = same and line["value"] == (value or "")
        checks.check(same, f"CSV and JSON differ: {line}")
        checks.check(line["synthetic"] == str(report["synthetic"]).lower(), "CSV says synthetic")


def check_layout(checks, browser, pictures):
    for width in WIDTHS:
        for scheme in SCHEMES:
            browser.show(width, 900, scheme)
            place = f"{width} px, {scheme}"
            layout = browser.evaluate(LAYOUT)
            checks.check(layout["width"] <= layout["window"], f"{place}: the page moves sideways")
            checks.check(not layout["drawings"], f"{place}: not one drawing: {layout['drawings']}")
            checks.check(not layout["cut"], f"{place}: text leaves {layout['cut']}")
            checks.check(layout["smallest"] >= 9.5,
                         f"{place}: text of figures of {layout['smallest']:.1f} px")
            checks.check(not layout["faint"], f"{place}: too little contrast: {layout['faint']}")
            checks.check(layout["narrow"] == 0, f"{place}: a table that keys cannot move")
            if pictures:
                browser.picture(pictures / f"{width}-{scheme}.png")


def check_keys(checks, browser):
    """The first key leads past everything before the content, and tables can be reached."""
    browser.show(375, 800)
    browser.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    browser.press("Tab")
    first = browser.evaluate("document.activeElement.className")
    checks.check(first == "skip", f"the first key leads to {first!r}")
    seen = browser.evaluate("document.activeElement.getBoundingClientRect().left >= 0")
    checks.check(seen, "the skip link is not seen when it has the focus")
    browser.press("Enter")
    checks.check(browser.evaluate("document.activeElement.id") == "content", "the skip link skips")
    browser.press("Tab")
    checks.check(browser.evaluate("document.activeElement.className") == "box",
                 "after the skip link a key does not reach a table")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--pictures", type=pathlib.Path)
    options = parser.parse_args()
    folder = options.folder.resolve()
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    if options.pictures:
        options.pictures.mkdir(parents=True, exist_ok=True)
    checks = Checks()
    with Browser() as browser:
        address = (folder / "report.html").as_uri()
        browser.show(1280, 900)
        browser.open(address)
        check_contents(checks, browser.evaluate(CONTENTS), report)
        check_layout(checks, browser, options.pictures)
        check_keys(checks, browser)
        browser.show(1280, 900)
        target = options.pictures or folder
        sheets = browser.print(target / "print.pdf")
        checks.check(sheets >= 2, f"printed on {sheets} sheet")
        if not options.pictures:
            (target / "print.pdf").unlink()
        for event in browser.named("Runtime.exceptionThrown", "Log.entryAdded"):
            checks.check(False, f"the console says {json.dumps(event)[:300]}")
        for event in browser.named("Runtime.consoleAPICalled"):
            checks.check(event["type"] not in ("error", "warning"), f"console: {event['args']}")
        for event in browser.named("Network.requestWillBeSent"):
            asked = event["request"]["url"]
            checks.check(asked == address or asked.startswith("data:"), f"asks for {asked}")
    check_csv(checks, folder, report)
    for fault in checks.faults[:40]:
        print(f"fault: {fault}")
    print(f"{checks.count} checks, {len(checks.faults)} failed")
    return 1 if checks.faults else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (BrowserError, OSError) as error:
        sys.exit(f"error: {error}")
