-- SPDX-License-Identifier: Apache-2.0
-- Tags as a noun: every name that somebody made, or that a data source, a column or a rule has had.

CREATE TABLE tag_name (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  description text NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX tag_name_by_name ON tag_name (lower(name));
INSERT INTO tag_name (name) SELECT min(tag COLLATE "C") FROM tag GROUP BY lower(tag) ORDER BY 1;
CREATE INDEX tag_by_name ON tag (lower(tag));
