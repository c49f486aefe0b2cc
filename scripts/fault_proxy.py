"""A reverse proxy on the loopback interface that stands before one service of AWS and injects faults: for scripts/aws-faults.

It passes method, path, headers and body through as they came, since SigV4 signs them. What happens to a call, the rules say, which are set while
it runs; a call that no rule meets passes. Plain HTTP/1.1 with connections that stay open; long bodies pass in pieces.
"""
import contextlib, http.client, http.server, re, socket, struct, threading, urllib.parse

PIECE = 64 << 10
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding"}
KINDS = ((r"/holdfast\.json$", "description"), (r"/keys/\d+$", "key record"), (r"/snapshots/[0-9a-f]{32}/0$", "start"),
         (r"/snapshots/[0-9a-f]{32}/1$", "manifest"), (r"/snapshots/[0-9a-f]{32}/\d+$", "record"), (r"/packs/", "pack"),
         (r"/checkpoints/", "checkpoint"), (r"/tmp/", "probe"))


def name_of(method, path, headers, text=""):
    """What a call does, in a word or two: `Decrypt`, `AssumeRole`, `PUT manifest`, `list`, `complete pack`."""
    if target := headers.get("X-Amz-Target"):
        return target.split(".")[-1]
    place, _, query = path.partition("?")
    query = urllib.parse.parse_qs(query, keep_blank_values=True)
    if action := urllib.parse.parse_qs(text).get("Action"):
        return action[0]
    if "list-type" in query:
        return "list"
    kind = next((kind for pattern, kind in KINDS if re.search(pattern, place)), "other")
    if "uploads" in query:
        return f"begin {kind}"
    if "uploadId" in query:
        return f"{({'PUT': 'part', 'POST': 'complete', 'DELETE': 'abort'}).get(method, method)} {kind}"
    return f"{method} {kind}"


class Rule:
    """What happens to the calls that it meets: `times` of them, or all (None). `calls`: their names, or a condition on an exchange; all where
    it is None."""

    def __init__(self, fault, calls=None, times=1, must_fire=True):
        self.fault, self.calls, self.left, self.must_fire, self.fired = fault, calls, times, must_fire, 0

    def meets(self, exchange):
        if self.left == 0 or not (self.calls is None or (self.calls(exchange) if callable(self.calls) else exchange.name in self.calls)):
            return False
        self.left = self.left and self.left - 1
        self.fired += 1
        return True


class Exchange:
    """One call under way: from the client, to the service, and what has come of it. Bodies pass in pieces, either way."""

    def __init__(self, handler):
        self.handler, self.method, self.path = handler, handler.command, handler.path
        self.byte_count = int(handler.headers.get("Content-Length", 0))
        # The bodies of KMS and STS are short, and say what is asked; those of S3 are data.
        is_short = self.path == "/"
        self.start = handler.rfile.read(self.byte_count) if is_short else b""
        self.unread = self.byte_count - len(self.start)
        self.text = self.start.decode("latin-1")
        self.name = name_of(self.method, self.path, handler.headers, self.text)

    def pieces(self, byte_count):
        """So many bytes of the request's body."""
        yield self.start[:byte_count]
        byte_count -= len(self.start)
        while byte_count > 0 and (piece := self.handler.rfile.read(min(PIECE, byte_count, self.unread))):
            self.unread -= len(piece)
            byte_count -= len(piece)
            yield piece

    def forward(self, byte_count=None):
        """The service's answer, not read yet; with `byte_count`, so much of the body is sent and then the connection dropped."""
        upstream = http.client.HTTPConnection(*self.handler.server.proxy.upstream, timeout=60)
        upstream.putrequest(self.method, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.handler.headers.items():
            if name.lower() not in HOP_BY_HOP:
                upstream.putheader(name, value)
        upstream.endheaders()
        for piece in self.pieces(self.byte_count if byte_count is None else byte_count):
            upstream.send(piece)
        if byte_count is not None:
            return upstream.close()
        return Answer(upstream.getresponse(), upstream)

    def begin(self, status, headers, byte_count, reason=None):
        self.handler.send_response_only(status, reason)
        for name, value in headers:
            if name.lower() not in HOP_BY_HOP | {"content-length"}:
                self.handler.send_header(name, value)
        if byte_count is not None:
            self.handler.send_header("Content-Length", str(byte_count))
        self.handler.end_headers()

    def relay(self, share=1):
        """The service's answer with the head of the whole, and so much of its body; of one without a body half a first line."""
        with contextlib.closing(self.forward()) as answer:
            if share < 1 and not answer.byte_count:
                self.handler.wfile.write(b"HTTP/1.1 2")
                return
            self.begin(answer.status, answer.headers, answer.said_byte_count, answer.reason)
            for piece in answer.pieces(int(answer.byte_count * share)):
                self.handler.wfile.write(piece)

    def wait(self, seconds):
        """True where the proxy ended meanwhile."""
        return self.handler.server.proxy.stopped.wait(seconds)

    def reset(self):
        """Ends the connection with a reset, as a machine that went down does."""
        self.handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.end()

    def end(self):
        self.handler.close_connection = True
        self.handler.connection.close()


class Answer:
    """What the service answers. One that says no length is read whole first."""

    def __init__(self, response, connection):
        self.response, self.connection = response, connection
        self.status, self.reason, self.headers = response.status, response.reason, response.getheaders()
        self.start = b"" if response.length is not None else response.read()
        self.byte_count = len(self.start) + (response.length or 0)
        # The answer to a HEAD has no body, and says how long it would be.
        self.said_byte_count = response.getheader("Content-Length") or self.byte_count

    def pieces(self, byte_count):
        yield self.start[:byte_count]
        byte_count -= len(self.start)
        while byte_count > 0 and (piece := self.response.read(min(PIECE, byte_count))):
            byte_count -= len(piece)
            yield piece

    def close(self):
        self.connection.close()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        """Says nothing."""

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except (OSError, http.client.HTTPException, ValueError):
            # Who hung up, or was hung up on, has been told; a service that does so is passed on as what it is.
            self.close_connection = True

    def pass_on(self):
        exchange = Exchange(self)
        fault = self.server.proxy.fault_of(exchange) or Exchange.relay
        fault(exchange)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = pass_on


class Listener(http.server.ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, proxy, port):
        self.proxy, self.open = proxy, set()
        super().__init__(("127.0.0.1", port), Handler)

    def process_request(self, request, address):
        self.open.add(request)
        super().process_request(request, address)

    def shutdown_request(self, request):
        self.open.discard(request)
        try:
            super().shutdown_request(request)
        except OSError:
            pass

    def stop(self):
        """Nobody listens any more, and what is open breaks off."""
        self.shutdown()
        self.server_close()
        for request in list(self.open):
            try:
                request.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class Proxy:
    """Stands before the service at `url`, at an address of its own: `self.url`."""

    def __init__(self, url):
        parts = urllib.parse.urlsplit(url)
        self.upstream = (parts.hostname, parts.port)
        self.rules, self.calls, self.lock, self.stopped = [], [], threading.Lock(), threading.Event()
        self.listener, self.port = None, 0
        self.accept()
        self.url = f"http://127.0.0.1:{self.port}"

    def accept(self):
        """Listens, after `refuse` at the same port again."""
        self.listener = Listener(self, self.port)
        self.port = self.listener.server_address[1]
        threading.Thread(target=self.listener.serve_forever, args=(0.02,), daemon=True).start()

    def refuse(self):
        """Connections are refused from here on, and those that stand break off."""
        self.listener.stop()

    def close(self):
        self.stopped.set()
        self.refuse()

    def add(self, fault, calls=None, times=1, must_fire=True):
        """A rule more; of several that meet a call the first counts."""
        with self.lock:
            self.rules.append(Rule(fault, calls, times, must_fire))

    def clear(self):
        """Fair weather, and an empty list of calls; answers the rules that were in force."""
        with self.lock:
            rules, self.rules, self.calls = self.rules, [], []
        return rules

    def fault_of(self, exchange):
        with self.lock:
            self.calls.append(exchange.name)
            return next((rule.fault for rule in self.rules if rule.meets(exchange)), None)
