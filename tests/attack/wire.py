# SPDX-License-Identifier: Apache-2.0
"""A small PostgreSQL client that keeps every byte the server sends after login, as an attacker would. No driver stands
between: messages are shown as they came, in text or binary, notices and all fields of errors included."""

import base64
import hashlib
import hmac
import os
import socket
import ssl
import struct

BINARY = 1


class Closed(Exception):
    """The server closed the connection."""


class Wire:
    def __init__(self, host, port, user, password, database, ca="", timeout=20.0, options=None):
        self.received, self.statements = b"", 0
        if host.startswith("/"):
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(timeout)
            self.socket.connect(f"{host}/.s.PGSQL.{port}")
        else:
            self.socket = socket.create_connection((host, port), timeout)
            if ca:
                self._start_tls(host, ca)
        self._start_up(user, password, {"database": database, **(options or {})})
        self.received = b""

    def _start_tls(self, host, ca):
        self.socket.sendall(struct.pack("!II", 8, 80877103))
        if self.socket.recv(1) != b"S":
            raise Closed("the server does not speak TLS")
        context = ssl.create_default_context(cafile=ca)
        self.socket = context.wrap_socket(self.socket, server_hostname=host)

    def _start_up(self, user, password, settings):
        text = b"".join(f"{name}\0{value}\0".encode() for name, value in {"user": user, **settings}.items()) + b"\0"
        self.socket.sendall(struct.pack("!II", len(text) + 8, 196608) + text)
        while True:
            kind, body = self.message()
            if kind == b"R":
                self._authenticate(body, password)
            elif kind == b"E":
                raise Closed(body.replace(b"\0", b" ").decode(errors="replace"))
            elif kind == b"Z":
                return

    def _authenticate(self, body, password):
        code = struct.unpack("!I", body[:4])[0]
        if code == 3:
            self.send(b"p", password.encode() + b"\0")
        elif code == 10:
            self._scram(password)
        elif code not in (0, 12):
            raise Closed(f"authentication method {code} is not known here")

    def _scram(self, password):
        """RFC 7677, without channel binding."""
        first = "n=,r=" + base64.b64encode(os.urandom(18)).decode()
        hello = ("n,," + first).encode()
        self.send(b"p", b"SCRAM-SHA-256\0" + struct.pack("!I", len(hello)) + hello)
        _, body = self.message()
        challenge = body[4:].decode()
        fields = dict(part.split("=", 1) for part in challenge.split(","))
        salted = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(fields["s"]), int(fields["i"]))
        key = hmac.new(salted, b"Client Key", "sha256").digest()
        last = f"c=biws,r={fields['r']}"
        signed = f"{first},{challenge},{last}".encode()
        proof = hmac.new(hashlib.sha256(key).digest(), signed, "sha256").digest()
        proof = base64.b64encode(bytes(a ^ b for a, b in zip(key, proof))).decode()
        self.send(b"p", f"{last},p={proof}".encode())

    def send(self, kind, body):
        self.socket.sendall(kind + struct.pack("!I", len(body) + 4) + body)

    def _exactly(self, count):
        data = b""
        while len(data) < count:
            try:
                piece = self.socket.recv(count - len(data))
            except ConnectionError:
                piece = b""
            if not piece:
                self.received += data
                raise Closed("the server closed the connection")
            data += piece
        self.received += data
        return data

    def message(self):
        head = self._exactly(5)
        return head[:1], self._exactly(struct.unpack("!I", head[1:])[0] - 4)

    def until_ready(self):
        """All messages up to ReadyForQuery."""
        seen = []
        while True:
            kind, body = self.message()
            seen.append((kind, body))
            if kind == b"G":  # it wants data: there is none
                self.send(b"f", b"no\0")
            if kind == b"Z":
                return seen

    def simple(self, sql):
        self.send(b"Q", sql.encode("utf-8", "surrogateescape") + b"\0")
        return self.until_ready()

    def extended(self, sql, parameters=(), result_format=0, limit=0):
        """Parse, Describe, Bind, Execute, Sync; parameters are texts or None."""
        self.statements += 1
        name = b"s%d\0" % self.statements
        self.send(b"P", name + sql.encode() + b"\0" + struct.pack("!H", 0))
        self.send(b"D", b"S" + name)
        values = b"".join(struct.pack("!i", -1) if value is None else struct.pack("!i", len(value.encode())) + value.encode()
                          for value in parameters)
        self.send(b"B", b"\0" + name + struct.pack("!HH", 0, len(parameters)) + values + struct.pack("!HH", 1, result_format))
        self.send(b"D", b"P\0")
        self.send(b"E", b"\0" + struct.pack("!I", limit))
        self.send(b"S", b"")
        return self.until_ready()

    def close(self):
        try:
            self.send(b"X", b"")
        except OSError:
            pass  # it is gone already
        self.socket.close()
