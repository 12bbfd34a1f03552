-- SPDX-License-Identifier: Apache-2.0
-- The catalog: what is governed, who there is, what the rules say. No row of any source is ever kept here.

-- One row: the number of committed changes. Writers lock it first, so that versions are in the order of commits.
CREATE TABLE catalog_version (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  version bigint NOT NULL
);
INSERT INTO catalog_version (version) VALUES (0);

-- What each version changed: instances reload only that.
CREATE TABLE change (
  version bigint NOT NULL,
  noun text NOT NULL CHECK (noun IN ('connection', 'data_source', 'user', 'rule', 'subscription')),
  id bigint NOT NULL,
  author text NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (version, noun, id)
);

-- Facts about the catalog itself: the id of the key that sealed its secrets, the secret of mock verifiers (sealed).
CREATE TABLE fact (
  name text PRIMARY KEY,
  content bytea NOT NULL
);

CREATE TABLE connection (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE,
  hosts text[] NOT NULL,
  ports integer[] NOT NULL,
  database_name text NOT NULL,
  user_name text NOT NULL,
  password bytea,  -- sealed
  tls text NOT NULL CHECK (tls IN ('disable', 'require', 'verify-ca', 'verify-full')),
  ca_file text NOT NULL,
  max_connections integer NOT NULL,
  statement_timeout_seconds integer NOT NULL
);

CREATE TABLE data_source (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  schema_name text NOT NULL,
  name text NOT NULL,
  connection_id bigint NOT NULL REFERENCES connection (id),
  remote_schema text NOT NULL,  -- empty with remote_name: defined by SQL
  remote_name text NOT NULL,
  definition text NOT NULL,
  event_time_column text NOT NULL,
  comment text NOT NULL,
  hash_key bytea NOT NULL,  -- sealed
  degraded boolean NOT NULL DEFAULT false,
  UNIQUE (schema_name, name)
);

CREATE TABLE data_source_column (
  data_source_id bigint NOT NULL REFERENCES data_source (id) ON DELETE CASCADE,
  position integer NOT NULL,
  name text NOT NULL,
  type_oid bigint NOT NULL,
  type_modifier integer NOT NULL,
  type_name text NOT NULL,
  not_null boolean NOT NULL,
  exposed boolean NOT NULL,
  comment text NOT NULL,
  remote_name text NOT NULL,
  PRIMARY KEY (data_source_id, position),
  UNIQUE (data_source_id, name)
);

-- column_name empty: a tag of the data source itself.
CREATE TABLE tag (
  data_source_id bigint NOT NULL REFERENCES data_source (id) ON DELETE CASCADE,
  column_name text NOT NULL,
  tag text NOT NULL,
  PRIMARY KEY (data_source_id, column_name, tag)
);

CREATE TABLE data_source_owner (
  data_source_id bigint NOT NULL REFERENCES data_source (id) ON DELETE CASCADE,
  user_name text NOT NULL,
  PRIMARY KEY (data_source_id, user_name)
);

-- The remote tables behind a data source, as they were when it was registered or last refreshed.
CREATE TABLE remote_column (
  data_source_id bigint NOT NULL REFERENCES data_source (id) ON DELETE CASCADE,
  table_position integer NOT NULL,
  schema_name text NOT NULL,
  table_name text NOT NULL,
  position integer NOT NULL,
  name text NOT NULL,
  type_oid bigint NOT NULL,
  type_modifier integer NOT NULL,
  type_name text NOT NULL,
  not_null boolean NOT NULL,
  PRIMARY KEY (data_source_id, table_position, position)
);

CREATE TABLE account (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE,
  scram_verifier text NOT NULL,
  disabled boolean NOT NULL
);
CREATE TABLE account_group (
  account_id bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  group_name text NOT NULL,
  PRIMARY KEY (account_id, group_name)
);
CREATE TABLE account_attribute (
  account_id bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  name text NOT NULL,
  value text NOT NULL,
  PRIMARY KEY (account_id, name, value)
);
CREATE TABLE account_permission (
  account_id bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  permission text NOT NULL,
  PRIMARY KEY (account_id, permission)
);

-- A rule is its sentence; every version it ever had stays in rule_history.
CREATE TABLE rule (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  data_source_id bigint REFERENCES data_source (id) ON DELETE CASCADE,  -- NULL: global
  sentence text NOT NULL,
  state text NOT NULL CHECK (state IN ('staged', 'active', 'disabled')),
  author text NOT NULL,
  reason text NOT NULL,
  version integer NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX rule_by_data_source ON rule (data_source_id);
CREATE TABLE rule_history (
  rule_id bigint NOT NULL,
  version integer NOT NULL,
  data_source_id bigint,
  sentence text NOT NULL,
  state text NOT NULL,  -- or 'deleted'
  author text NOT NULL,
  reason text NOT NULL,
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (rule_id, version)
);

-- Standing access given by name.
CREATE TABLE subscription (
  data_source_id bigint NOT NULL REFERENCES data_source (id) ON DELETE CASCADE,
  user_name text NOT NULL,   -- one of the two is empty
  group_name text NOT NULL,
  CHECK ((user_name = '') <> (group_name = '')),
  PRIMARY KEY (data_source_id, user_name, group_name)
);
