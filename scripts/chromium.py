"""A headless Chromium, driven through its debugging pipe: messages of JSON, each ended by a NUL, on descriptors 3 and 4."""
import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import tempfile


class Chromium:
    TIMEOUT = 120

    @staticmethod
    def find():
        """The browser's path, or None: HOLDFAST_CHROMIUM, else what is on PATH."""
        return os.environ.get("HOLDFAST_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")

    def __init__(self, path):
        self.profile = tempfile.mkdtemp(prefix="report-test-")
        (child_in, self.output), (self.input, child_out) = os.pipe(), os.pipe()
        # Out of the way of 3 and 4, which the child gets.
        read, write = fcntl.fcntl(child_in, fcntl.F_DUPFD, 64), fcntl.fcntl(child_out, fcntl.F_DUPFD, 64)
        arguments = [path, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
                     "--disable-extensions", "--disable-dev-shm-usage", "--force-device-scale-factor=1",
                     "--remote-debugging-pipe", "--user-data-dir=" + self.profile, "about:blank"]
        self.process = subprocess.Popen(
            arguments, close_fds=False, preexec_fn=lambda: (os.dup2(read, 3), os.dup2(write, 4)),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for descriptor in (child_in, child_out, read, write):
            os.close(descriptor)
        self.number, self.buffer, self.events = 0, b"", []
        target = self._call({}, "Target.createTarget", {"url": "about:blank"})["targetId"]
        self.session = {"sessionId": self._call({}, "Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]}
        for domain in ("Page", "Network", "Accessibility"):
            self.call(domain + ".enable")

    def call(self, method, **parameters):
        return self._call(self.session, method, parameters)

    def _call(self, session, method, parameters):
        self.number += 1
        message = json.dumps({"id": self.number, "method": method, "params": parameters, **session}).encode() + b"\0"
        while message:
            message = message[os.write(self.output, message):]
        while True:
            answer = self._read()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def _read(self):
        while b"\0" not in self.buffer:
            if not select.select([self.input], [], [], self.TIMEOUT)[0]:
                raise RuntimeError("Chromium does not answer")
            data = os.read(self.input, 1 << 20)
            if not data:
                raise RuntimeError("Chromium has ended")
            self.buffer += data
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def open(self, path):
        """Loads a file; answers what was asked of the network for it."""
        self.events = []
        self.call("Page.navigate", url="file://" + path)
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self._read())
        return [event["params"]["request"]["url"] for event in self.events if event.get("method") == "Network.requestWillBeSent"]

    def show(self, width, height, scheme, media="screen"):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": scheme}])

    def evaluate(self, expression):
        """What an expression gives, though the page itself may run no script."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression[:80]}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def screenshot(self, x, y, width, height):
        """A part of the page, in its own coordinates, as the bytes of a PNG."""
        clip = {"x": x, "y": y, "width": width, "height": height, "scale": 1}
        return base64.b64decode(self.call("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True)["data"])

    def accessibility(self):
        """The nodes that a screen reader is given: role, name, description and level, in order."""
        nodes = []
        for node in self.call("Accessibility.getFullAXTree")["nodes"]:
            if not node.get("ignored"):
                value = lambda field: node.get(field, {}).get("value", "")
                level = [entry["value"]["value"] for entry in node.get("properties", []) if entry["name"] == "level"]
                nodes.append({"id": node["nodeId"], "parent": node.get("parentId"), "role": value("role"), "name": value("name"),
                              "description": value("description"), "level": level[0] if level else None})
        return nodes

    def press_tab(self):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)

    def close(self):
        try:
            self._call({}, "Browser.close", {})
            self.process.wait(20)
        except (RuntimeError, OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)
