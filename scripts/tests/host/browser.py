# SPDX-License-Identifier: GPL-2.0
#
# browser.py - loads a page in Debian's Chromium without a window, controlled by two pipes

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time

PATIENCE = 60           # seconds to wait for the page to load


class Browser:
    """A browser with one page. Console messages and requests of the page are kept in
    lists."""

    def __init__(self):
        self.home = tempfile.mkdtemp(prefix="browser-")
        asked, self.ask = os.pipe()
        self.answers, answered = os.pipe()

        def pipes():
            # Descriptors 3 and 4 may be in use, so move the pipes above them first.
            high = os.dup2(asked, 100), os.dup2(answered, 101)
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        # Chromium's sandbox needs a user that is not root.
        self.process = subprocess.Popen(
            ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu",
             "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
             "--disable-background-networking", "--disable-component-update",
             "--force-color-profile=srgb", "--user-data-dir=" + self.home,
             "--remote-debugging-pipe", "about:blank"],
            preexec_fn=pipes, close_fds=False, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=dict(os.environ, HOME=self.home))
        os.close(asked)
        os.close(answered)
        self.buffer = b""
        self.number = 0
        self.session = None
        self.said = []
        self.requests = []
        self.loaded = False
        targets = self.call("Target.getTargets")["targetInfos"]
        target = next(t["targetId"] for t in targets if t["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=target,
                                 flatten=True)["sessionId"]
        for domain in "Page", "Runtime", "Log", "Network":
            self.call(domain + ".enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # All processes of the browser end when the pipe is closed; some still write.
        os.close(self.ask)
        while os.read(self.answers, 1 << 20):
            pass
        os.close(self.answers)
        self.process.wait()
        shutil.rmtree(self.home, ignore_errors=True)

    def message(self):
        while b"\0" not in self.buffer:
            text = os.read(self.answers, 1 << 20)
            if not text:
                raise RuntimeError("the browser has ended")
            self.buffer += text
        text, self.buffer = self.buffer.split(b"\0", 1)
        message = json.loads(text)
        method, params = message.get("method"), message.get("params", {})
        if method == "Runtime.consoleAPICalled":
            self.said.append("%s: %s" % (params["type"], " ".join(
                str(arg.get("value", arg.get("description"))) for arg in params["args"])))
        elif method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.said.append("exception: " + details.get("exception", {}).get(
                "description", details["text"]))
        elif method == "Log.entryAdded":
            self.said.append("%(level)s: %(text)s" % params["entry"])
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method == "Page.loadEventFired":
            self.loaded = True
        return message

    def call(self, method, **params):
        self.number += 1
        request = {"id": self.number, "method": method, "params": params}
        if self.session:
            request["sessionId"] = self.session
        os.write(self.ask, json.dumps(request).encode() + b"\0")
        while True:
            message = self.message()
            if message.get("id") == self.number:
                if "error" in message:
                    raise RuntimeError("%s: %s" % (method, message["error"]))
                return message["result"]

    def evaluate(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression,
                           returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError("%s: %s" % (expression, answer["exceptionDetails"]))
        return answer["result"].get("value")

    def look(self, width, height=900, scale=1, dark=False):
        """Sets the size of the screen, and what the user prefers."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=scale, mobile=width < 600)
        self.call("Emulation.setEmulatedMedia", media="screen", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def open(self, path):
        self.said.clear()
        self.requests.clear()
        self.loaded = False
        self.call("Page.navigate", url="file://" + os.path.abspath(path))
        end = time.monotonic() + PATIENCE
        while not self.loaded and time.monotonic() < end:
            self.message()
        self.settle()

    def settle(self):
        """Waits until all that was drawn is painted."""
        self.evaluate("new Promise(done => requestAnimationFrame(() => "
                      "requestAnimationFrame(() => setTimeout(done, 50))))")

    def picture(self, path, selector=None, margin=0):
        """A picture of the page, or of one element."""
        box = self.evaluate(
            "(() => { const e = %s; const b = e.getBoundingClientRect();"
            " return [b.x + scrollX, b.y + scrollY, b.width, b.height]; })()" % (
                "document.querySelector(%s)" % json.dumps(selector) if selector
                else "document.documentElement"))
        x, y, width, height = box
        image = self.call("Page.captureScreenshot", format="png",
                          captureBeyondViewport=True, clip={
                              "x": max(x - margin, 0), "y": max(y - margin, 0),
                              "width": width + 2 * margin, "height": height + 2 * margin,
                              "scale": 1})["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(image))
