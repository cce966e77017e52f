-- What came through a gateway: whose it was, what it was answered, and under which
-- name another program holds it. Added to and never changed.

CREATE TABLE passage (
  entry      INTEGER PRIMARY KEY REFERENCES ledger (seq),
  matter     INTEGER NOT NULL REFERENCES matter (id),
  version    INTEGER NOT NULL CHECK (version >= 1),          -- of the matter, as it was examined
  protocol   TEXT NOT NULL CHECK (protocol <> ''),           -- clamd, milter, icap, folder, postfix
  answer     TEXT NOT NULL CHECK (answer IN ('pass', 'hold', 'reject', 'later')),
  queue      TEXT,                                           -- the mail server's name for it
  sender     TEXT,
  recipients TEXT NOT NULL CHECK (json_valid(recipients)),
  account    TEXT,                                           -- whoever was authenticated
  client     TEXT NOT NULL,                                  -- from where it came
  leave      TEXT                                            -- on whose standing leave it passed
) STRICT;

CREATE INDEX passage_by_matter ON passage (matter, entry);
CREATE INDEX passage_by_queue ON passage (queue, entry) WHERE queue IS NOT NULL;

CREATE TRIGGER passage_is_not_changed BEFORE UPDATE ON passage
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;
CREATE TRIGGER passage_is_not_deleted BEFORE DELETE ON passage WHEN NOT EXISTS (SELECT 1 FROM purging)
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;
