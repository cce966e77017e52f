-- Signing in: passwords, one-time links and sessions. Nothing here is a secret as it
-- stands: passwords are argon2id hashes, links and sessions are digests of random numbers.
-- These rows come and go; the ledger keeps that they did.

CREATE TABLE password (
  person TEXT NOT NULL PRIMARY KEY REFERENCES person (name),
  hash   TEXT NOT NULL CHECK (hash LIKE '$argon2id$%'),    -- PHC string, with salt and costs
  entry  INTEGER NOT NULL REFERENCES ledger (seq)          -- when it was set
) STRICT, WITHOUT ROWID;

-- How often in a row a name was tried in vain. The empty name stands for all that nobody has.
CREATE TABLE attempt (
  name   TEXT NOT NULL PRIMARY KEY,
  failed INTEGER NOT NULL CHECK (failed >= 0),
  locked TEXT                                              -- until when nothing is tried
) STRICT, WITHOUT ROWID;

-- A link by which a person sets their password, once.
CREATE TABLE link (
  digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32), -- SHA-256 of what the link holds
  person TEXT UNIQUE REFERENCES person (name),             -- none: whoever sets up the store
  ends   TEXT NOT NULL CHECK (length(ends) >= 20),
  entry  INTEGER NOT NULL REFERENCES ledger (seq)          -- when it was made
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
  digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32), -- SHA-256 of what the cookie holds
  person TEXT NOT NULL REFERENCES person (name),
  entry  INTEGER NOT NULL REFERENCES ledger (seq),         -- when it began
  seen   TEXT NOT NULL CHECK (length(seen) >= 20),         -- when it was last used, to the minute
  ends   TEXT NOT NULL CHECK (length(ends) >= 20)          -- whatever is done in it
) STRICT, WITHOUT ROWID;

CREATE INDEX session_by_person ON session (person);

-- The language a person reads pages in.
CREATE TABLE language (
  person TEXT NOT NULL PRIMARY KEY REFERENCES person (name),
  lang   TEXT NOT NULL CHECK (lang IN ('en', 'zh'))
) STRICT, WITHOUT ROWID;

-- Who left is signed out and has no way back in.
CREATE TRIGGER who_left_is_signed_out AFTER UPDATE OF gone ON person WHEN new.gone IS NOT NULL
BEGIN
  DELETE FROM session WHERE person = new.name;
  DELETE FROM link WHERE person = new.name;
  DELETE FROM password WHERE person = new.name;
END;

-- A password is set by the person's own entry, or not at all.
CREATE TRIGGER who_left_sets_no_password BEFORE INSERT ON password
WHEN EXISTS (SELECT 1 FROM person WHERE name = new.person AND gone IS NOT NULL)
BEGIN SELECT raise(ABORT, 'vetmark:no-role'); END;

-- Channels that were ever named, for whoever looks for one.
CREATE INDEX proposal_by_channel ON proposal (channel);
