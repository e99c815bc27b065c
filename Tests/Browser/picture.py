#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Takes the picture of a report that the README shows: the first curves, with the contents beside them.

    picture.py FOLDER FILE.png
"""

import pathlib
import sys

from browser import Browser, BrowserError


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__.strip())
    folder, file = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
    with Browser() as browser:
        browser.show(1180, 930)
        browser.open((folder / "report.html").as_uri())
        # From the curves of the first endpoint on, with the contents beside them.
        top = browser.evaluate(
            "Math.round(document.querySelector('.drawing').closest('section').offsetTop)")
        browser.evaluate(f"scrollTo(0, {top})")
        browser.picture(file, beyond=False)


if __name__ == "__main__":
    try:
        main()
    except (BrowserError, OSError) as error:
        sys.exit(f"error: {error}")
