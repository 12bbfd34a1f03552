# SPDX-License-Identifier: Apache-2.0
"""Callers who take more than their share: sources that never answer, bodies that fill the memory. Others do not feel it."""

import socket
import ssl
import threading
import time

from client import Api
from nouns import same, status


def fresh(world, token=None):
    return Api(world.nobody.url, world.nobody.ca, token)


def silent_sources(world):
    """A source that takes connections and says nothing holds a few threads, never all of them."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(100)
        body = {**world.connection_body("silent"), "ports": [silent.getsockname()[1]]}
        status(world.root.post("/api/v1/connections", {**body, "hosts": ["127.0.0.1"] * 100}), 400)
        made = status(world.root.post("/api/v1/connections", body), 201)
        path, answers = made.headers["Location"], []
        callers = [world.root.token, world.callers["adam"].token] * 4
        threads = [threading.Thread(target=lambda token=token: answers.append(fresh(world, token).post(path + "/test").status)) for token in callers]
        for each in threads:
            each.start()
        time.sleep(0.5)
        begun = time.monotonic()
        same([fresh(world).get("/livez").status, fresh(world, world.callers["sam"].token).get("/api/v1/me").status], [200, 200])
        took = time.monotonic() - begun
        for each in threads:
            each.join()
        assert took < 2, f"others waited {took:.1f} s for a silent source"
        same(sorted(answers), [200] * 2 + [429] * 6)
        status(world.root.delete(path, made.etag), 204)


def large_bodies(world, size=8_000_000, count=12):
    """Bodies that stop before their end, before anybody has signed in: their memory is bounded."""
    context, held, refused = ssl.create_default_context(cafile=world.nobody.ca), [], 0
    head = f"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {size}\r\n\r\n".encode()
    try:
        for _ in range(count):
            plain = socket.create_connection((world.nobody.host, world.nobody.port), timeout=10)
            held.append(context.wrap_socket(plain, server_hostname=world.nobody.host))
            held[-1].sendall(head)
            held[-1].settimeout(0.2)
            try:
                refused += held[-1].recv(100).startswith(b"HTTP/1.1 503")
            except TimeoutError:
                pass
        same(refused, count - 64 * 2**20 // size)
        status(fresh(world).post("/api/v1/sessions", {"user": "sam", "password": "sam-password"}), 201)
    finally:
        for each in held:
            each.close()
    time.sleep(0.5)
    status(fresh(world).request("POST", "/api/v1/sessions", b" " * size), 400)  # their share came back


def run(world, report):
    for case in (silent_sources, large_bodies):
        report.case(case, world)
