# SPDX-License-Identifier: Apache-2.0
"""A Chromium without a window, driven over a pipe by the DevTools protocol. Standard library only."""

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time


class BrowserError(Exception):
    """The browser gave no answer, or one that says why it could not."""


class Browser:
    """One page of a browser of its own, which ends with the `with` block."""

    names = ("chromium", "chromium-browser", "google-chrome", "chrome")

    def __init__(self):
        program = next((path for path in map(shutil.which, self.names) if path), None)
        if program is None:
            raise BrowserError("there is no Chromium; on Debian: apt-get install -y chromium")
        self.profile = tempfile.mkdtemp(prefix="report-browser-")
        self.events = []
        self._next = 0
        self._rest = b""
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()

        def pipes():  # the browser reads commands from 3 and writes answers to 4
            first, second = os.dup(to_browser), os.dup(from_browser)
            os.dup2(first, 3)
            os.dup2(second, 4)

        self.process = subprocess.Popen(
            [program, "--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu",
             "--hide-scrollbars", "--no-first-run", f"--user-data-dir={self.profile}"],
            close_fds=False, preexec_fn=pipes, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self._session = None
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        shutil.rmtree(self.profile, ignore_errors=True)

    # Messages

    def _message(self, seconds):
        """The next message; they end in a zero byte."""
        end = time.monotonic() + seconds
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._read], [], [], max(0, end - time.monotonic()))
            if not ready:
                return None
            part = os.read(self._read, 1 << 20)
            if not part:
                raise BrowserError("the browser has ended")
            self._rest += part
        text, self._rest = self._rest.split(b"\0", 1)
        return json.loads(text)

    def send(self, method, **parameters):
        """Runs a command and returns its result; events that come meanwhile are kept."""
        self._next += 1
        message = {"id": self._next, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._message(60)
            if answer is None:
                raise BrowserError(f"no answer to {method}")
            if answer.get("id") == self._next:
                if "error" in answer:
                    raise BrowserError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.events.append(answer)

    def named(self, *methods):
        """The parameters of the events of these names, so far."""
        return [event["params"] for event in self.events if event.get("method") in methods]

    # What the checks ask for

    def open(self, address):
        """Loads a page, and waits until it is there."""
        self.events.clear()
        self.send("Page.navigate", url=address)
        end = time.monotonic() + 60
        while not self.named("Page.loadEventFired"):
            message = self._message(max(0, end - time.monotonic()))
            if message is None:
                raise BrowserError(f"{address} does not load")
            self.events.append(message)

    def evaluate(self, expression):
        """The value of an expression of JavaScript in the page."""
        answer = self.send("Runtime.evaluate", expression=expression, returnByValue=True,
                           awaitPromise=True)
        if "exceptionDetails" in answer:
            raise BrowserError(json.dumps(answer["exceptionDetails"])[:500])
        return answer["result"].get("value")

    def show(self, width, height, scheme="light", media="", scale=1):
        """Sets the size of the window and what the reader prefers."""
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=scale, mobile=width < 600)
        self.send("Emulation.setEmulatedMedia", media=media,
                  features=[{"name": "prefers-color-scheme", "value": scheme}])

    def picture(self, path, beyond=True):
        """Writes the whole page, or only what the window shows of it, as PNG."""
        parameters = {"format": "png", "captureBeyondViewport": beyond}
        if beyond:
            size = self.send("Page.getLayoutMetrics")["cssContentSize"]
            parameters["clip"] = {"x": 0, "y": 0, "width": size["width"],
                                  "height": size["height"], "scale": 1}
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.send("Page.captureScreenshot", **parameters)["data"]))

    def print(self, path):
        """Writes the page as PDF, and returns the number of its sheets."""
        data = base64.b64decode(self.send("Page.printToPDF", preferCSSPageSize=True,
                                          printBackground=True)["data"])
        with open(path, "wb") as file:
            file.write(data)
        return data.count(b"/Type /Page\n") + data.count(b"/Type /Page ") or data.count(b"/Page")

    def press(self, key):
        """Presses a key."""
        codes = {"Tab": 9, "Enter": 13, "ArrowRight": 39}
        for kind in ("rawKeyDown", "keyUp"):
            more = {"text": "\r"} if key == "Enter" and kind == "rawKeyDown" else {}
            self.send("Input.dispatchKeyEvent", type="keyDown" if more else kind, key=key, code=key,
                      windowsVirtualKeyCode=codes[key], **more)
