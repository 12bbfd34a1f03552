-- SPDX-License-Identifier: Apache-2.0
-- What the REST API keeps that is no part of a snapshot.

-- Who may call it: signed-in sessions and personal access tokens. Only hashes of the secrets.
CREATE TABLE access_token (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('session', 'personal')),
  name text NOT NULL,
  secret_hash bytea NOT NULL,
  scopes text[] NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  last_used_at timestamptz
);
CREATE INDEX access_token_by_account ON access_token (account_id);

-- Answers to creations, so that one that is sent again is not carried out again. Kept for a day; sealed.
CREATE TABLE idempotency_key (
  account_id bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  key text NOT NULL,
  request_hash bytea NOT NULL,
  status integer NOT NULL,
  answer bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (account_id, key)
);
CREATE INDEX idempotency_key_by_age ON idempotency_key (created_at);
