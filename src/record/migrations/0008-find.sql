-- Finding matters by their level, by their channel and day, and by words in their names
-- and titles, without looking at each of them.

-- The highest live level of its evidence: regime and level, `cn:jimi`.
ALTER TABLE matter ADD COLUMN level TEXT;
UPDATE matter SET level =
  (SELECT regime || ':' || evidence.level FROM evidence WHERE evidence.id = matter.evidence);
CREATE INDEX matter_by_level ON matter (level, band, id) WHERE level IS NOT NULL;

CREATE INDEX proposal_on_day ON proposal (day, matter);

-- Each two neighbouring characters of a text, and its last one, small ASCII letters for
-- capitals, as the digits of their UTF-8: a word is in a text only if all of its pairs
-- are, in any script and of any length, and a pair begins with the digits of its first
-- character. No text of a document: names and titles are in the record already.
CREATE VIEW matter_pairs (id, pairs) AS
  SELECT matter.id, (
    WITH RECURSIVE at (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM at WHERE n < length(source))
    SELECT group_concat(hex(lower(substr(source, n, 2))), ' ') FROM at)
  FROM matter;
CREATE VIEW proposal_pairs (id, pairs) AS
  SELECT proposal.id, (
    WITH RECURSIVE at (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM at WHERE n < length(title))
    SELECT group_concat(hex(lower(substr(title, n, 2))), ' ') FROM at)
  FROM proposal;

CREATE VIRTUAL TABLE matter_word USING fts5
  (pairs, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii');
CREATE VIRTUAL TABLE proposal_word USING fts5
  (pairs, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii');
INSERT INTO matter_word (rowid, pairs) SELECT id, pairs FROM matter_pairs;
INSERT INTO proposal_word (rowid, pairs) SELECT id, pairs FROM proposal_pairs;

CREATE TRIGGER matter_is_found_by_words AFTER INSERT ON matter
BEGIN INSERT INTO matter_word (rowid, pairs) SELECT id, pairs FROM matter_pairs WHERE id = new.id; END;
CREATE TRIGGER matter_stays_where_it_was_found BEFORE UPDATE OF id, source ON matter
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;
CREATE TRIGGER matter_is_found_no_more AFTER DELETE ON matter
BEGIN DELETE FROM matter_word WHERE rowid = old.id; END;

CREATE TRIGGER proposal_is_found_by_words AFTER INSERT ON proposal
BEGIN INSERT INTO proposal_word (rowid, pairs) SELECT id, pairs FROM proposal_pairs WHERE id = new.id; END;
CREATE TRIGGER proposal_is_found_no_more AFTER DELETE ON proposal
BEGIN DELETE FROM proposal_word WHERE rowid = old.id; END;
