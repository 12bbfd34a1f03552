-- SPDX-License-Identifier: Apache-2.0
-- Groups of people by their names, so that there are empty ones and ones with a description. Made by hand or by a
-- built-in user who has it: built in; brought by a directory's account: the directory's, as long as one has it.

CREATE TABLE user_group (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE,
  description text NOT NULL DEFAULT '',
  built_in boolean NOT NULL
);
INSERT INTO user_group (name, built_in)
  SELECT g.group_name, bool_or(a.provider_id IS NULL) FROM account_group g JOIN account a ON a.id = g.account_id
  GROUP BY g.group_name ORDER BY g.group_name;
ALTER TABLE account_group ADD FOREIGN KEY (group_name) REFERENCES user_group (name);
CREATE INDEX account_group_by_name ON account_group (group_name);
