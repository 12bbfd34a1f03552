-- SPDX-License-Identifier: Apache-2.0
-- Directories that users come from, and which account comes from where.

ALTER TABLE change DROP CONSTRAINT change_noun_check;
ALTER TABLE change ADD CONSTRAINT change_noun_check
  CHECK (noun IN ('connection', 'data_source', 'user', 'rule', 'subscription', 'identity_provider'));

CREATE TABLE identity_provider (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE,
  position integer NOT NULL,  -- the order in which they are asked for a name that is nobody's yet
  kind text NOT NULL CHECK (kind IN ('openldap', 'active-directory')),
  hosts text[] NOT NULL,
  ports integer[] NOT NULL,  -- 0: the usual one
  transport text NOT NULL CHECK (transport IN ('ldaps', 'start-tls', 'plain')),
  ca_file text NOT NULL,
  bind_dn text NOT NULL,
  bind_password bytea,  -- sealed; NULL: anonymous
  user_base text NOT NULL,
  user_filter text NOT NULL,
  user_login text NOT NULL,
  user_id text NOT NULL,
  attributes_from text[] NOT NULL,
  attributes_to text[] NOT NULL,
  group_lookup text NOT NULL CHECK (group_lookup IN ('none', 'search', 'member-of', 'in-chain')),
  group_base text NOT NULL,
  group_filter text NOT NULL,
  group_name text NOT NULL,
  group_member text NOT NULL,
  group_member_value text NOT NULL CHECK (group_member_value IN ('dn', 'login')),
  group_nested boolean NOT NULL,
  group_depth integer NOT NULL,
  group_prefix text NOT NULL,
  connect_timeout_ms integer NOT NULL,
  operation_timeout_ms integer NOT NULL,
  call_timeout_ms integer NOT NULL,
  refresh_seconds integer NOT NULL,
  lease_seconds integer NOT NULL,
  sync_seconds integer NOT NULL  -- 0: never
);

ALTER TABLE account ADD COLUMN provider_id bigint REFERENCES identity_provider (id);  -- NULL: built in
ALTER TABLE account ADD COLUMN external_id text NOT NULL DEFAULT '';      -- the directory's own, which stays
ALTER TABLE account ADD COLUMN directory_state text NOT NULL DEFAULT '';  -- empty: may log in; else why not
CREATE INDEX account_by_provider ON account (provider_id);
