-- Addresses are data about persons: the ledger has a seal on them from now on, and a
-- purge clears them. Entries of before keep what they say.
ALTER TABLE passage ADD COLUMN salt BLOB CHECK (length(salt) = 32);       -- of the seal; none: old, or cleared
ALTER TABLE passage ADD COLUMN cleared INTEGER REFERENCES ledger (seq);   -- the entry that says so

DROP TRIGGER passage_is_not_changed;
CREATE TRIGGER passage_is_not_changed BEFORE UPDATE ON passage
WHEN NOT EXISTS (SELECT 1 FROM purging)
  OR new.entry IS NOT old.entry OR new.matter IS NOT old.matter OR new.version IS NOT old.version
  OR new.protocol IS NOT old.protocol OR new.answer IS NOT old.answer OR new.queue IS NOT old.queue
  OR new.leave IS NOT old.leave OR new.sender IS NOT NULL OR new.recipients <> '[]'
  OR new.account IS NOT NULL OR new.client <> '' OR new.salt IS NOT NULL OR new.cleared IS NULL
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;
