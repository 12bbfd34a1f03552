-- SPDX-License-Identifier: Apache-2.0
-- Purposes, and projects: under which data is used, by whom, on which terms.

ALTER TABLE change DROP CONSTRAINT change_noun_check;
ALTER TABLE change ADD CONSTRAINT change_noun_check
  CHECK (noun IN ('connection', 'data_source', 'user', 'rule', 'subscription', 'identity_provider', 'purpose', 'project'));

-- Dotted names; what a name stands below is a purpose too.
CREATE TABLE purpose (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  description text NOT NULL
);
CREATE UNIQUE INDEX purpose_by_name ON purpose (lower(name));

CREATE TABLE project (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  description text NOT NULL,
  enabled boolean NOT NULL,
  acknowledgement text NOT NULL,  -- what members agree to; empty: nothing
  acknowledgement_version integer NOT NULL,
  masked_joins boolean NOT NULL,
  hash_key bytea NOT NULL  -- sealed
);
CREATE UNIQUE INDEX project_by_name ON project (lower(name));

CREATE TABLE project_purpose (
  project_id bigint NOT NULL REFERENCES project (id) ON DELETE CASCADE,
  purpose_id bigint NOT NULL REFERENCES purpose (id),
  PRIMARY KEY (project_id, purpose_id)
);
CREATE TABLE project_user (
  project_id bigint NOT NULL REFERENCES project (id) ON DELETE CASCADE,
  account_id bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  PRIMARY KEY (project_id, account_id)
);
CREATE INDEX project_user_by_account ON project_user (account_id);
CREATE TABLE project_group (
  project_id bigint NOT NULL REFERENCES project (id) ON DELETE CASCADE,
  group_name text NOT NULL,
  PRIMARY KEY (project_id, group_name)
);
CREATE TABLE project_data_source (
  project_id bigint NOT NULL REFERENCES project (id) ON DELETE CASCADE,
  data_source_id bigint NOT NULL REFERENCES data_source (id) ON DELETE CASCADE,
  PRIMARY KEY (project_id, data_source_id)
);
CREATE INDEX project_data_source_by_data_source ON project_data_source (data_source_id);

-- Every text that a project ever asked for, and who agreed to which when: both stay when an account goes.
CREATE TABLE project_text (
  project_id bigint NOT NULL REFERENCES project (id) ON DELETE CASCADE,
  version integer NOT NULL,
  text text NOT NULL,
  author text NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project_id, version)
);
CREATE TABLE project_acknowledgement (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project_id bigint NOT NULL,
  version integer NOT NULL,
  account_id bigint NOT NULL,
  user_name text NOT NULL,
  acknowledged_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (project_id, version, account_id),
  FOREIGN KEY (project_id, version) REFERENCES project_text (project_id, version) ON DELETE CASCADE
);
