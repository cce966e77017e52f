-- The ledger: what happened, in order, each entry bound to the one before it.
-- Rows are added and never changed: the triggers refuse anything else, and the
-- chain shows whoever went around them.

CREATE TABLE ledger (
  seq     INTEGER PRIMARY KEY CHECK (seq >= 1),           -- 1, 2, 3 … without a hole
  at      TEXT NOT NULL CHECK (length(at) >= 20),         -- RFC 3339, UTC
  actor   TEXT NOT NULL CHECK (actor <> ''),              -- a person's name; `vetmark` where none acted
  action  TEXT NOT NULL CHECK (action <> ''),             -- a verb, e.g. `matter.review`
  subject TEXT NOT NULL,                                  -- what it was done to, e.g. `matter 12`
  body    TEXT NOT NULL CHECK (json_valid(body)),         -- what was said, as JSON
  prev    BLOB NOT NULL CHECK (length(prev) = 32),        -- hash of the entry before; zeros for the first
  hash    BLOB NOT NULL CHECK (length(hash) = 32)         -- SHA-256 of prev and of all above
) STRICT;

CREATE TRIGGER ledger_is_appended BEFORE INSERT ON ledger
WHEN new.seq <> 1 + (SELECT coalesce(max(seq), 0) FROM ledger)
  OR new.prev <> coalesce((SELECT hash FROM ledger ORDER BY seq DESC LIMIT 1), zeroblob(32))
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;

CREATE TRIGGER ledger_is_not_changed BEFORE UPDATE ON ledger
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;

CREATE TRIGGER ledger_is_not_deleted BEFORE DELETE ON ledger
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;

-- Signatures over an entry's number and hash: whoever cuts off or rewrites what
-- stands before one needs the key.
CREATE TABLE checkpoint (
  id        INTEGER PRIMARY KEY,
  seq       INTEGER NOT NULL REFERENCES ledger (seq),
  hash      BLOB NOT NULL CHECK (length(hash) = 32),
  at        TEXT NOT NULL CHECK (length(at) >= 20),
  key       BLOB NOT NULL CHECK (length(key) = 32),       -- public key, ed25519
  signature BLOB NOT NULL CHECK (length(signature) = 64)
) STRICT;

CREATE INDEX checkpoint_by_seq ON checkpoint (seq);

CREATE TRIGGER checkpoint_is_not_changed BEFORE UPDATE ON checkpoint
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;

CREATE TRIGGER checkpoint_is_not_deleted BEFORE DELETE ON checkpoint
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;
