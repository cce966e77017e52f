-- Scans on their way and those of late, for whoever waits for what they bring. No record
-- of anything: what a scan found stands in the ledger, and this is thrown away.

CREATE TABLE run (
  id      INTEGER PRIMARY KEY,
  what    TEXT NOT NULL,                            -- the paths as they were given
  begun   TEXT NOT NULL,
  touched TEXT NOT NULL,                            -- when it last said that it goes on
  ended   TEXT,                                     -- when it said that it is done
  seen    INTEGER NOT NULL DEFAULT 0 CHECK (seen >= 0)
) STRICT;
