-- SPDX-License-Identifier: Apache-2.0
-- Which text columns of sources have the collation of their database. Those registered before are not known to: they are
-- asked again with the next check of schemas.

ALTER TABLE remote_column ADD COLUMN default_collation boolean NOT NULL DEFAULT false;
