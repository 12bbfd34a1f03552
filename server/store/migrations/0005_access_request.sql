-- SPDX-License-Identifier: Apache-2.0
-- Asking for access to a data source, and access that ends by itself.

ALTER TABLE subscription ADD COLUMN expires_at timestamptz;  -- NULL: no end
CREATE INDEX subscription_by_end ON subscription (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE access_request (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  data_source_id bigint NOT NULL REFERENCES data_source (id) ON DELETE CASCADE,
  account_id bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  reason text NOT NULL,
  lifetime_seconds bigint NOT NULL,  -- of the access, from its approval; 0: no end
  state text NOT NULL CHECK (state IN ('pending', 'approved', 'denied', 'withdrawn', 'ended')),
  made_at timestamptz NOT NULL DEFAULT now(),
  settled_at timestamptz,  -- of the last change of state
  settled_by text NOT NULL DEFAULT '',
  settled_reason text NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX access_request_open ON access_request (data_source_id, account_id)
  WHERE state IN ('pending', 'approved');
CREATE INDEX access_request_by_account ON access_request (account_id);

-- One person approves once, in one role.
CREATE TABLE access_approval (
  access_request_id bigint NOT NULL REFERENCES access_request (id) ON DELETE CASCADE,
  approver_id bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  role text NOT NULL,
  approved_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (access_request_id, approver_id)
);
CREATE INDEX access_approval_by_approver ON access_approval (approver_id);
