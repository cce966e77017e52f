-- Tokens, by which programs ask over HTTP. Only a digest of each is kept.

CREATE TABLE token (
  label  TEXT NOT NULL PRIMARY KEY CHECK (trim(label) <> ''),   -- what it is called; never given twice
  digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),      -- SHA-256 of the secret
  scopes TEXT NOT NULL CHECK (scopes IN ('examine', 'read', 'examine read')),
  ends   TEXT NOT NULL CHECK (length(ends) >= 20),              -- RFC 3339, UTC
  entry  INTEGER NOT NULL REFERENCES ledger (seq),              -- when it was made
  gone   INTEGER REFERENCES ledger (seq)                        -- when it was revoked
) STRICT, WITHOUT ROWID;

CREATE TRIGGER token_is_only_revoked BEFORE UPDATE ON token
WHEN old.gone IS NOT NULL OR new.gone IS NULL OR new.label <> old.label OR new.digest <> old.digest
  OR new.scopes <> old.scopes OR new.ends <> old.ends OR new.entry <> old.entry
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;

CREATE TRIGGER token_is_not_deleted BEFORE DELETE ON token
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;

-- An examination by the digest of what was handed in.
CREATE INDEX told_by_bytes ON told (sha256);
