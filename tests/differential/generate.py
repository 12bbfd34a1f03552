# SPDX-License-Identifier: Apache-2.0
"""One random SELECT a seed, over the tables of world.sql: always well typed, its rows independent of their order."""
import random

TABLES = {
    "item": {"id": "int", "grp": "text", "n": "int", "big": "int", "x": "num", "t": "text", "v": "text", "c": "text", "d": "date",
             "ts": "ts", "b": "bool", "secret": "text", "salary": "int", "ssn": "int"},
    "event": {"id": "int", "item_id": "int", "kind": "text", "amount": "num", "at": "date", "region": "text", "note": "text"},
    "plain": {"id": "int", "label": "text", "weight": "num"},
    "shy": {"id": "int", "item_id": "int", "kind": "text", "amount": "num"},
    "shy_join": {"id": "int", "n": "int", "amount": "num"},
    "item_event": {"id": "int", "grp": "text", "n": "int", "kind": "text", "amount": "num", "at": "date", "note": "text"},
}
LITERALS = {
    "int": lambda r: str(r.choice([0, 1, 2, 5, 7, 15, 42, 100, 240, 21000, 3000000000])),
    "num": lambda r: r.choice(["0.5", "10.25", "100", "33.33", "1e2"]),
    "text": lambda r: r.choice(["'red'", "'blue'", "'open'", "'alpha'", "''", "'it''s'", "'note 7'", "'label 3'", "'north'", "'é漢'"]),
    "date": lambda r: r.choice(["date '2024-06-01'", "'2024-09-15'::date", "date '2025-01-31'"]),
    "ts": lambda r: r.choice(["timestamp '2024-04-01 10:00'", "'2024-08-15'::timestamp"]),
    "bool": lambda r: r.choice(["true", "false", "NULL::boolean"]),
}


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.names = 0

    def pick(self, *options):
        return self.random.choice(options)

    def chance(self, probability):
        return self.random.random() < probability

    def name(self, prefix="r"):
        self.names += 1
        return f"{prefix}{self.names}"

    # Scopes are lists of (sql, type).
    def column(self, scope, kind):
        matching = [sql for sql, type_ in scope if type_ == kind]
        return self.random.choice(matching) if matching else LITERALS[kind](self.random)

    def expression(self, scope, kind, depth=2):
        if depth <= 0 or self.chance(0.45):
            return self.column(scope, kind) if self.chance(0.8) else LITERALS[kind](self.random)
        return f"({getattr(self, '_' + kind)(scope, depth - 1)})"

    def _int(self, s, d):
        e = self.expression
        return self.pick(
            lambda: f"({e(s, 'int', d)} + {e(s, 'int', d)})", lambda: f"({e(s, 'int', d)} - {self.random.randint(0, 9)})",
            lambda: f"({e(s, 'int', d)} % 7)", lambda: f"length({e(s, 'text', d)})", lambda: f"-{self.column(s, 'int')}",
            lambda: f"coalesce({e(s, 'int', d)}, {self.random.randint(0, 9)})", lambda: f"abs({e(s, 'int', d)})",
            lambda: f"extract(month FROM {e(s, 'date', d)})::int", lambda: f"CASE WHEN {e(s, 'bool', d)} THEN {e(s, 'int', d)} ELSE 0 END",
            lambda: f"position('e' IN {e(s, 'text', d)})", lambda: f"({e(s, 'date', d)} - date '2024-01-01')",
            lambda: f"greatest({e(s, 'int', d)}, {e(s, 'int', d)})", lambda: f"(1000 / nullif({e(s, 'int', d)}, 0))",
            lambda: f"(ARRAY[{e(s, 'int', d)}, 3])[1]", lambda: f"{e(s, 'bool', d)}::int")()

    def _num(self, s, d):
        e = self.expression
        return self.pick(lambda: f"({e(s, 'num', d)} * {e(s, 'num', d)})", lambda: f"round({e(s, 'num', d)}, 1)",
                         lambda: f"({e(s, 'num', d)} + {e(s, 'int', d)})", lambda: f"coalesce({e(s, 'num', d)}, 0)",
                         lambda: f"nullif({e(s, 'num', d)}, 10.25)")()

    def _text(self, s, d):
        e = self.expression
        return self.pick(
            lambda: f"({e(s, 'text', d)} || {e(s, 'text', d)})", lambda: f"upper({e(s, 'text', d)})", lambda: f"{e(s, 'int', d)}::text",
            lambda: f"substring({e(s, 'text', d)} FROM 2 FOR 3)", lambda: f"coalesce({e(s, 'text', d)}, 'none')",
            lambda: f"trim(BOTH 'a' FROM {e(s, 'text', d)})", lambda: f"to_char({e(s, 'date', d)}, 'YYYY-MM')",
            lambda: f"CASE {e(s, 'int', d)} WHEN 1 THEN {e(s, 'text', d)} ELSE 'other' END", lambda: f"replace({e(s, 'text', d)}, 'e', 'E')",
            lambda: f"concat_ws('-', {e(s, 'text', d)}, {e(s, 'int', d)})", lambda: f"jsonb_build_object('a', {e(s, 'int', d)}) ->> 'a'")()

    def _date(self, s, d):
        return self.pick(lambda: f"({self.expression(s, 'date', d)} + {self.random.randint(0, 60)})",
                         lambda: f"date_trunc('month', {self.expression(s, 'ts', d)})::date",
                         lambda: f"least({self.expression(s, 'date', d)}, {self.expression(s, 'date', d)})")()

    def _ts(self, s, d):
        return self.pick(lambda: f"({self.expression(s, 'ts', d)} + interval '3 days')", lambda: f"{self.expression(s, 'date', d)}::timestamp")()

    def _bool(self, s, d):
        e = self.expression
        kind = self.pick("int", "int", "num", "text", "text", "date", "ts")
        return self.pick(
            lambda: f"{e(s, kind, d)} {self.pick('=', '<>', '<', '<=', '>', '>=')} {e(s, kind, d)}",
            lambda: f"{self.column(s, kind)} {self.pick('=', '<', '>=')} {LITERALS[kind](self.random)}",
            lambda: f"({e(s, 'bool', d)} AND {e(s, 'bool', d)})", lambda: f"({e(s, 'bool', d)} OR {e(s, 'bool', d)})",
            lambda: f"NOT {e(s, 'bool', d)}", lambda: f"{e(s, kind, d)} IS {self.pick('', 'NOT ')}NULL",
            lambda: f"{e(s, 'text', d)} {self.pick('LIKE', 'NOT LIKE', 'ILIKE')} '%{self.pick('a', 'e', 'no_e', 'r')}%'",
            lambda: f"{e(s, kind, d)} BETWEEN {e(s, kind, d)} AND {e(s, kind, d)}",
            lambda: f"{e(s, kind, d)} IN ({e(s, kind, d)}, {LITERALS[kind](self.random)})",
            lambda: f"{e(s, kind, d)} IS DISTINCT FROM {e(s, kind, d)}", lambda: f"{e(s, 'text', d)} ~ '^[a-m]'",
            lambda: f"{e(s, 'bool', d)} IS {self.pick('TRUE', 'NOT TRUE', 'UNKNOWN')}",
            lambda: f"({e(s, 'int', d)}, {e(s, 'text', d)}) {self.pick('=', '<')} ({e(s, 'int', d)}, {e(s, 'text', d)})",
            lambda: f"{e(s, 'int', d)} = ANY (ARRAY[1, 5, {e(s, 'int', d)}])", lambda: self.sublink(s, d))()

    def sublink(self, scope, depth):
        if depth < 0:
            return "true"
        kind = self.pick("int", "text")
        from_, inner = self.from_item(0)
        where = self.expression(inner + scope, "bool", max(depth, 1))
        return self.pick(
            lambda: f"EXISTS (SELECT 1 FROM {from_} WHERE {where})",
            lambda: f"{self.column(scope, kind)} {self.pick('IN', 'NOT IN')} (SELECT {self.column(inner, kind)} FROM {from_} WHERE {where})",
            lambda: f"{self.column(scope, 'int')} {self.pick('<', '>=')} (SELECT max({self.column(inner, 'int')}) FROM {from_} WHERE {where})",
            lambda: f"{self.column(scope, kind)} = ANY (SELECT {self.column(inner, kind)} FROM {from_})")()

    def from_item(self, depth):
        """SQL of one FROM item and its scope."""
        choice = self.random.random()
        alias = self.name()
        if depth > 0 and choice < 0.18:
            sql, columns = self.select(depth - 1, nested=True)
            return f"({sql}) AS {alias}", [(f"{alias}.{c}", t) for c, t in columns]
        if choice < 0.22:
            return f"(VALUES (1, 'red'), (5, NULL), (7, 'open')) AS {alias}(k, w)", [(f"{alias}.k", "int"), (f"{alias}.w", "text")]
        if choice < 0.26:
            return f"generate_series(1, 6) AS {alias}(g)", [(f"{alias}.g", "int")]
        table = self.pick("item", "item", "event", "item_event", "plain", "shy", "shy_join")
        return f"{table} AS {alias}", [(f"{alias}.{c}", t) for c, t in TABLES[table].items()]

    def from_clause(self, depth):
        sql, scope = self.from_item(depth)
        for _ in range(self.pick(0, 0, 1, 1, 2)):
            other, more = self.from_item(depth)
            join = self.pick("JOIN", "JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN", "LATERAL")
            if join == "LATERAL":
                inner = self.name("l")
                value = self.expression(scope + more, "int", 1)
                sql = f"{sql} CROSS JOIN LATERAL (SELECT {value} AS q FROM {other} WHERE {self.expression(more + scope, 'bool', 1)}) AS {inner}"
                scope = scope + [(f"{inner}.q", "int")]
                continue
            on = "" if join == "CROSS JOIN" else f" ON {self.join_condition(scope, more, join)}"
            sql, scope = f"{sql} {join} {other}{on}", scope + more
        return sql, scope

    def join_condition(self, left, right, join):
        kind = self.pick("int", "int", "text")
        equal = f"{self.column(left, kind)} = {self.column(right, kind)}"
        if join == "FULL JOIN" or self.chance(0.6):  # PostgreSQL joins FULL on merge- or hash-joinable conditions only
            return equal if all(x.startswith(("r", "l")) for x in equal.split(" = ")) else "true"
        return f"{equal} AND {self.expression(left + right, 'bool', 1)}"

    def select(self, depth, nested=False):
        """SQL and its output columns [(name, type)]."""
        if depth > 0 and self.chance(0.12):
            return self.set_operation(depth)
        from_, scope = self.from_clause(depth)
        where = f" WHERE {self.expression(scope, 'bool', 3)}" if self.chance(0.7) else ""
        if self.chance(0.3):
            return self.grouped(from_, scope, where)
        kinds = [self.pick("int", "text", "num", "date", "bool") for _ in range(self.random.randint(1, 4))]
        outputs = [(self.expression(scope, kind), kind) for kind in kinds]
        if self.chance(0.12):
            outputs.append((f"{self.pick('sum', 'count', 'min', 'max')}({self.column(scope, 'int')}) OVER "
                            f"(PARTITION BY {self.column(scope, 'text')})", "window"))
        names = [(f"o{i}", kind) for i, (_, kind) in enumerate(outputs)]
        targets = ", ".join(f"{sql} AS {name}" for (sql, _), (name, _) in zip(outputs, names))
        tail = ""
        if self.chance(0.25):
            tail = " ORDER BY " + ", ".join(str(i + 1) for i in range(len(outputs)))
            tail += f" LIMIT {self.random.randint(1, 30)}" if self.chance(0.6) else ""
        return f"SELECT {'DISTINCT ' if self.chance(0.15) else ''}{targets} FROM {from_}{where}{tail}", names

    def grouped(self, from_, scope, where):
        keys = [(self.column(scope, kind), kind) for kind in [self.pick("text", "int", "date")]]
        aggregate = self.pick(
            lambda: ("count(*)", "int"), lambda: (f"sum({self.expression(scope, 'int', 1)})", "num"),
            lambda: (f"max({self.expression(scope, 'text', 1)})", "text"), lambda: (f"count(DISTINCT {self.column(scope, 'int')})", "int"),
            lambda: (f"min({self.column(scope, 'date')}) FILTER (WHERE {self.expression(scope, 'bool', 1)})", "date"),
            lambda: ("string_agg", "text"))()
        if aggregate[0] == "string_agg":
            column = self.column(scope, "text")
            aggregate = (f"string_agg({column}, ',' ORDER BY {column})", "text")
        if not keys[0][0].startswith(("r", "l")):
            keys = []
        grouping = self.pick("{}", "{}", "ROLLUP ({})", "GROUPING SETS (({}), ())").format(", ".join(k for k, _ in keys))
        having = f" HAVING count(*) > {self.random.randint(0, 3)}" if self.chance(0.3) else ""
        outputs = keys + [aggregate]
        names = [(f"o{i}", kind) for i, (_, kind) in enumerate(outputs)]
        targets = ", ".join(f"{sql} AS {name}" for (sql, _), (name, _) in zip(outputs, names))
        return f"SELECT {targets} FROM {from_}{where}{' GROUP BY ' + grouping if keys else ''}{having}", names

    def set_operation(self, depth):
        kinds = [self.pick("int", "text") for _ in range(self.random.randint(1, 2))]
        arms = []
        for _ in range(2):
            from_, scope = self.from_clause(0)
            targets = ", ".join(f"{self.expression(scope, kind)} AS o{i}" for i, kind in enumerate(kinds))
            arms.append(f"SELECT {targets} FROM {from_} WHERE {self.expression(scope, 'bool', 2)}")
        operator = self.pick("UNION", "UNION ALL", "INTERSECT", "EXCEPT", "EXCEPT ALL")
        return f"{arms[0]} {operator} {arms[1]}", [(f"o{i}", kind) for i, kind in enumerate(kinds)]

    def statement(self):
        if self.chance(0.15):
            cte, columns = self.select(1, nested=True)
            name = self.name("w")
            scope = [(f"{name}.{c}", t) for c, t in columns]
            other, more = self.from_item(0)
            targets = ", ".join([self.expression(scope + more, kind) for kind in ("int", "text")])
            return (f"WITH {name} AS {self.pick('', 'MATERIALIZED ', 'NOT MATERIALIZED ')}({cte}) SELECT {targets} FROM {name}, {other} "
                    f"WHERE {self.expression(scope + more, 'bool', 2)}")
        return self.select(2)[0]


def query(seed):
    return Generator(seed).statement()


if __name__ == "__main__":
    import sys
    for s in range(int(sys.argv[1]), int(sys.argv[2])):
        print(query(s) + ";")
