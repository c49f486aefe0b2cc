"""The faults that a `fault_proxy.Proxy` injects: each is a function of an exchange."""
import contextlib, email.utils


def lost_request(exchange):
    """The connection breaks off before the service hears of it."""
    exchange.reset()


def lost_answer(exchange):
    """The service does it, and nobody hears of that."""
    exchange.forward().close()
    exchange.reset()


def cut_upload(exchange):
    """The connection breaks off in the middle of the request's body."""
    exchange.forward(byte_count=exchange.byte_count // 2)
    exchange.reset()


def cut_answer(exchange):
    """The connection breaks off in the middle of the answer."""
    exchange.relay(share=0.5)
    exchange.reset()


def short_answer(exchange):
    """The answer ends in the middle, in good order, and shorter than it says."""
    exchange.relay(share=0.5)
    exchange.end()


def closed_afterwards(exchange):
    """A good answer, and then a connection that is closed without a word: the next call on it finds out."""
    exchange.relay()
    exchange.end()


def silence(exchange):
    """No answer, until the client gives up or the proxy ends."""
    exchange.wait(3600)
    exchange.reset()


def slow(seconds):
    """An answer after so long."""
    def fault(exchange):
        exchange.wait(seconds)
        exchange.relay()
    return fault


def drip(pause):
    """An answer whose body comes a byte at a time, until the client gives up."""
    def fault(exchange):
        with contextlib.closing(exchange.forward()) as answer:
            exchange.begin(answer.status, answer.headers, answer.said_byte_count, answer.reason)
            for byte in b"".join(answer.pieces(answer.byte_count)):
                if exchange.wait(pause):
                    return exchange.end()
                exchange.handler.wfile.write(bytes([byte]))
    return fault


def endless(pause):
    """An answer that says no length and comes a blank at a time, for ever."""
    def fault(exchange):
        exchange.begin(200, [("Connection", "close")], None)
        while not exchange.wait(pause):
            exchange.handler.wfile.write(b" ")
        exchange.end()
    return fault


def refusal(status, code, message="injected"):
    """An error in the service's own words, without asking it: in JSON for KMS, in XML for S3 and STS."""
    def fault(exchange):
        if "X-Amz-Target" in exchange.handler.headers:
            kind, text = "application/x-amz-json-1.1", f'{{"__type":"{code}","message":"{message}"}}'
        elif exchange.path == "/":
            kind, text = "text/xml", f"<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
        else:
            kind, text = "application/xml", f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
        for _ in exchange.pieces(exchange.byte_count):
            pass
        body = b"" if exchange.method == "HEAD" else text.encode()
        exchange.begin(status, [("Content-Type", kind), ("x-amzn-RequestId", "injected"), ("Date", email.utils.formatdate(usegmt=True))], len(body))
        exchange.handler.wfile.write(body)
    return fault
