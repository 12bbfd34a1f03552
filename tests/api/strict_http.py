# SPDX-License-Identifier: Apache-2.0
"""What servers have been fooled by: each is refused, and the connection ends, because nobody knows where the next request
begins. And clients that are slow, silent or many harm only themselves."""

import re
import socket
import ssl
import time

GOOD = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"

# name, bytes, status
HEADS = [
    ("bare line feeds", b"GET /livez HTTP/1.1\nHost: x\n\n\r\n\r\n", 400),
    ("a bare line feed inside", b"GET /livez HTTP/1.1\r\nHost: x\nX: y\r\n\r\n", 400),
    ("a bare carriage return", b"GET /livez HTTP/1.1\r\nHost: x\rX: y\r\n\r\n", 400),
    ("a folded line", b"GET /livez HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n", 400),
    ("a space before the colon", b"GET /livez HTTP/1.1\r\nHost : x\r\n\r\n", 400),
    ("no host", b"GET /livez HTTP/1.1\r\n\r\n", 400),
    ("two hosts", b"GET /livez HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400),
    ("two tokens", b"GET /livez HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n", 400),
    ("two conditions", b"GET /livez HTTP/1.1\r\nHost: x\r\nIf-Match: *\r\nif-match: \"x\"\r\n\r\n", 400),
    ("two lengths", b"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 400),
    ("a list of lengths", b"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 2, 2\r\n\r\n{}", 400),
    ("a negative length", b"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
    ("a length with a sign", b"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: +2\r\n\r\n{}", 400),
    ("a huge length", b"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n", 400),
    ("a large body", b"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n", 413),
    ("chunks", b"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
    ("chunks and a length", b"POST /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
    ("chunks in disguise", b"POST /livez HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n", 411),
    ("expectation", b"POST /livez HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n", 417),
    ("a zero byte in a field", b"GET /livez HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n", 400),
    ("a control byte in a field", b"GET /livez HTTP/1.1\r\nHost: x\r\nX: a\x01b\r\n\r\n", 400),
    ("an absolute target", b"GET http://x/livez HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("a target of no path", b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("a space in the target", b"GET /live z HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("another version", b"GET /livez HTTP/2.0\r\nHost: x\r\n\r\n", 505),
    ("no version", b"GET /livez\r\nHost: x\r\n\r\n", 400),
    ("a broken percent code", b"GET /liv%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("a percent code that is no UTF-8", b"GET /%ff HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("an encoded zero byte", b"GET /a%00b HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("too many fields", b"GET /livez HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 200 + b"\r\n", 431),
    ("a head that is too large", b"GET /livez HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 20000 + b"\r\n\r\n", 431),
    ("a head that never ends", b"GET /livez HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 40000, 431),
    ("a zero byte as the method", b"\0ET /livez HTTP/1.1\r\nHost: x\r\n\r\n", 400),
]

# method, path, headers, body, status: over well-formed HTTP.
BODIES = [
    ("no JSON", b"{", 400), ("another type", b"[]", 400), ("a number", b"1", 400), ("doubled keys", b'{"user":"a","user":"b","password":"c"}', 400),
    ("unknown field", b'{"user":"a","password":"c","admin":true}', 400), ("a wrong type", b'{"user":1,"password":"c"}', 400),
    ("null", b'{"user":null,"password":"c"}', 400), ("no UTF-8", b'{"user":"\xff","password":"c"}', 400),
    ("a zero byte", b'{"user":"a\\u0000","password":"c"}', 400), ("deep nesting", b"[" * 100000, 400),
    ("trailing text", b'{"user":"a","password":"c"} x', 400), ("empty", b"", 400),
]


def status_of(answer):
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else None


def run(world, report):
    api = world.nobody
    for name, sent, wanted in HEADS:
        # A good request behind it must not be answered: it could be the tail of another client's.
        answer = api.raw(sent + GOOD, wait=5)
        report.check(status_of(answer) == wanted and len(re.findall(rb"HTTP/1.1 \d", answer)) == 1, f"{name}: expected {wanted} once, got {answer[:300]}")
    for name, body, wanted in BODIES:
        reply = api.request("POST", "/api/v1/sessions", body)
        report.check(reply.status == wanted and reply.json["code"], f"body: {name}: {reply}")
    report.check(api.request("POST", "/api/v1/sessions", b"{}", {"Content-Type": "text/plain"}).status == 400, "another content type")
    pipelined(world, report)
    head_request(world, report)
    plain_text(world, report)
    silent_clients(world, report)


def pipelined(world, report):
    answer = world.nobody.raw(GOOD * 3 + b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    report.check(answer.count(b"HTTP/1.1 200") == 4, f"pipelined requests: {answer[:200]}")


def head_request(world, report):
    reply = world.nobody.request("HEAD", "/livez")
    report.check(reply.status == 200 and reply.text == "", f"HEAD: {reply}")


def plain_text(world, report):
    with socket.create_connection((world.nobody.host, world.nobody.port), timeout=15) as plain:
        plain.sendall(GOOD)
        try:
            answer = plain.recv(1000)
        except OSError:
            answer = b""
    report.check(b"HTTP" not in answer, f"plain text was answered: {answer!r}")


def silent_clients(world, report, count=600):
    """Sockets that say nothing, and TLS clients that stop in the middle of a head: a new caller does not feel them."""
    held = []
    try:
        for number in range(count):
            held.append(socket.create_connection((world.nobody.host, world.nobody.port), timeout=10))
            if number % 10 == 0:
                tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
                tls.load_verify_locations(world.nobody.ca)
                held[-1] = tls.wrap_socket(held[-1], server_hostname=world.nobody.host)
                held[-1].sendall(b"GET /livez HTTP/1.1\r\nHos")
        begun = time.monotonic()
        reply = type(world.nobody)(world.nobody.url, world.nobody.ca).get("/livez")
        took = time.monotonic() - begun
        report.check(reply.status == 200 and took < 5, f"with {count} silent clients: {reply} after {took:.2f} s")
        print(f"    {count} silent or half-sent clients; a new one is answered after {took * 1000:.0f} ms")
    finally:
        for each in held:
            each.close()
