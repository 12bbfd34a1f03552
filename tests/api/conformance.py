# SPDX-License-Identifier: Apache-2.0
"""The OpenAPI document against the server: every route asked for with bodies, parameters and paths made from its schemas
and with ones that are not; no answer is a server error, and each is what the document says. Deterministic: a fixed seed."""

import json
import random

import jsonschema

ROUNDS = 6
ODD_TEXTS = ["", " ", "a", "'; DROP TABLE x; --", "\u0000", "\u202e", "a" * 5000, "ä", "%", "null", "0", "-1", "🎭", "\\", '"']
ODD = [None, True, 0, -1, 2**63, 2**64, 1e308, "", [], {}, [[]], {"a": {}}]


class Maker:
    """Values of a schema, and values that are not."""

    def __init__(self, schemas, dice):
        self.schemas, self.dice = schemas, dice

    def value(self, schema, wild):
        if wild and self.dice.random() < 0.15:
            return self.dice.choice(ODD)
        if "$ref" in schema:
            return self.value(self.schemas[schema["$ref"].rsplit("/", 1)[1]], wild)
        if "enum" in schema:
            return self.dice.choice(schema["enum"])
        if "const" in schema:
            return schema["const"]
        return getattr(self, "_" + schema.get("type", "any"))(schema, wild)

    def _any(self, schema, wild):
        return self.dice.choice(ODD)

    def _string(self, schema, wild):
        return self.dice.choice(ODD_TEXTS if wild else ["name", "x.y", "SELECT 1", "a b"])

    def _integer(self, schema, wild):
        return self.dice.choice([-1, 0, 2**31, 2**63 - 1]) if wild else self.dice.randint(max(1, schema.get("minimum", 1)), 100)

    def _boolean(self, schema, wild):
        return self.dice.random() < 0.5

    def _array(self, schema, wild):
        return [self.value(schema["items"], wild) for _ in range(self.dice.randint(0, 3))]

    def _object(self, schema, wild):
        needed, out = schema.get("required", []), {}
        for name, inner in schema.get("properties", {}).items():
            if name in needed and not (wild and self.dice.random() < 0.1) or self.dice.random() < 0.5:
                out[name] = self.value(inner, wild)
        if wild and self.dice.random() < 0.1:
            out["unknown"] = 1
        return out


# Not asked for at random: they would end the caller's own session, password or account.
EXEMPT = {"signOut", "changePassword", "replaceUser", "removeUser", "removeDataSource", "replaceDataSource", "setSubscribers"}


def run(world, report):
    document = world.root.get("/api/v1/openapi.json").json
    schemas = document["components"]["schemas"]
    for name, schema in schemas.items():
        jsonschema.Draft202012Validator.check_schema(schema)
    dice = random.Random(20261124)
    maker = Maker(schemas, dice)
    callers = [world.root, world.callers["olivia"], world.callers["grace"]]
    for template, item in document["paths"].items():
        for method, operation in item.items():
            if operation["operationId"] in EXEMPT:
                continue
            for number in range(ROUNDS):
                caller = callers[number % len(callers)]
                problem = ask(world, caller, maker, schemas, template, method, operation, wild=number >= 2)
                report.check(problem is None, f"{operation['operationId']}: {problem}")


def ask(world, caller, maker, schemas, template, method, operation, wild):
    dice, headers, path, query = maker.dice, {}, template, []
    from urllib.parse import quote
    for parameter in operation.get("parameters", []):
        where, name = parameter["in"], parameter["name"]
        if where == "path":
            known = str({**world.ids, "user": "plain"}[name])
            path = path.replace("{" + name + "}", quote(dice.choice([known, "0", "x", "ä/", "999999999999999999999"]) if wild else known, safe=""))
        elif where == "query" and dice.random() < 0.4:
            query.append(f"{name}={quote(str(maker.value(parameter['schema'], wild)))}")
        elif where == "header":
            headers[name] = '"0"'
    body = None
    if "requestBody" in operation:
        content = operation["requestBody"]["content"]["application/json"]["schema"]
        body = json.dumps(maker.value(content, wild), ensure_ascii=False).encode("utf-8", "surrogatepass")
    target = path + ("?" + "&".join(query) if query else "")
    reply = caller.request(method.upper(), target, body, headers)
    return judge(reply, schemas, operation, f"{method} {target} {body!r:.300}")


def judge(reply, schemas, operation, asked):
    if reply.status >= 500 and reply.json.get("code") not in ("source-unavailable", "source-error"):
        return f"{asked}: {reply}"
    success = next(status for status in operation["responses"] if status != "default")
    key = success if reply.status < 400 else "default"
    if reply.status < 400 and str(reply.status) != success:
        return f"{asked}: the document says {success}, not {reply}"
    content = operation["responses"][key].get("content", {})
    for kind, description in content.items():
        if not (reply.headers.get("Content-Type") or "").startswith(kind):
            return f"{asked}: the document says {kind}: {reply}"
        schema = {**description["schema"], "components": {"schemas": schemas}}
        try:
            jsonschema.Draft202012Validator(schema).validate(reply.json)
        except jsonschema.ValidationError as wrong:
            return f"{asked}: not as its schema says: {wrong.message}: {reply}"
    return None
