# SPDX-License-Identifier: Apache-2.0
"""Servers that misbehave: a few lines of LDAP (RFC 4511) over sockets that say exactly what a case wants said, and remember
what they were sent."""

import socket
import ssl
import threading

BIND, BIND_ANSWER, SEARCH, ENTRY, DONE, REFERENCE, EXTENDED, EXTENDED_ANSWER, UNBIND = 0x60, 0x61, 0x63, 0x64, 0x65, 0x73, 0x77, 0x78, 0x42
SUCCESS, REFERRAL, BUSY = 0, 10, 51


def ber(tag, content):
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def text(value):
    return ber(4, value if isinstance(value, bytes) else value.encode())


def number(value, tag=2):
    return ber(tag, value.to_bytes(4, "big", signed=True))


def message(identity, tag, content, controls=b""):
    return ber(0x30, number(identity) + ber(tag, content) + (ber(0xA0, controls) if controls else b""))


def result(code, diagnostic="", referral=()):
    more = ber(0xA3, b"".join(text(url) for url in referral)) if referral else b""
    return number(code, 10) + text("") + text(diagnostic) + more


def entry(dn, **attributes):
    parts = b"".join(ber(0x30, text(name) + ber(0x31, b"".join(text(value) for value in values))) for name, values in attributes.items())
    return text(dn) + ber(0x30, parts)


def page_control(cookie):
    value = ber(0x30, number(0) + text(cookie))
    return ber(0x30, text("1.2.840.113556.1.4.319") + text(value))


def parse(data):
    """(tag, content, rest) of the element that `data` begins with; None when it is not all there."""
    if len(data) < 2:
        return None
    size, at = data[1], 2
    if size & 0x80:
        count = size & 0x7F
        if len(data) < 2 + count:
            return None
        size, at = int.from_bytes(data[2:2 + count], "big"), 2 + count
    if len(data) < at + size:
        return None
    return data[0], data[at:at + size], data[at + size:]


class Gone(Exception):
    """The client closed, or the server stops."""


class Connection:
    """One client, as a handler sees it."""

    def __init__(self, server, plain):
        self.server, self.socket, self.buffer = server, plain, b""

    def send(self, data):
        self.socket.sendall(data)

    def request(self):
        """(message id, tag, content) of the next request."""
        while True:
            whole = parse(self.buffer)
            if whole:
                self.buffer = whole[2]
                _, identity, rest = parse(whole[1])
                tag, content, _ = parse(rest)
                self.server.requests.append((tag, content))
                return int.from_bytes(identity, "big"), tag, content
            piece = self.socket.recv(65536)
            if not piece:
                raise Gone
            self.buffer += piece

    def secure(self, context):
        self.socket = context.wrap_socket(self.socket, server_side=True)

    def answer_binds(self):
        """The next request that is no bind; binds are answered with yes."""
        while True:
            identity, tag, content = self.request()
            if tag != BIND:
                return identity, tag, content
            self.send(message(identity, BIND_ANSWER, result(SUCCESS)))

    def wait(self):
        """Says nothing more until the client or the server goes."""
        while self.socket.recv(65536):
            pass


class Fake:
    """Listens on a free port of `host`; `handler(connection)` runs once for each client in a thread of its own."""

    def __init__(self, handler, context=None, host="127.0.0.1"):
        self.handler, self.context, self.requests, self.open, self.accepted = handler, context, [], [], 0
        self.arrived = threading.Semaphore(0)
        self.listener = socket.create_server((host, 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        while True:
            try:
                plain, _ = self.listener.accept()
            except OSError:
                return
            self.accepted += 1
            self.open.append(plain)
            threading.Thread(target=self._one, args=(plain,), daemon=True).start()

    def _one(self, plain):
        self.arrived.release()
        connection = Connection(self, plain)
        try:
            if self.context:
                connection.secure(self.context)
            self.handler(connection)
            connection.wait()
        except (OSError, Gone, ssl.SSLError):
            pass  # a client that goes away is what most cases are about
        finally:
            connection.socket.close()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for one in self.open:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # already closed
        self.thread.join()


def tls_context(certificate, key, newest=None, level="DEFAULT@SECLEVEL=0"):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers(level)
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    if newest:
        context.maximum_version = newest
    context.load_cert_chain(certificate, key)
    return context
