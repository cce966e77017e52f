-- Deadlines, proposals that end without a decision, and what papers are made of.

-- How a proposal may end without a decision: what is done, and what it then is. Who
-- takes one back is who submitted it; who gives one back is whoever's turn it is.
INSERT INTO step VALUES ('withdraw', 9, 'submitter'), ('return', 10, NULL);

-- Which step a proposal stood at when it was given back.
ALTER TABLE act ADD COLUMN stage TEXT REFERENCES step (name);

-- A proposal that ended without a decision leaves room for another by the same channel:
-- the table is made anew, for what was one record for good is now one at a time.
PRAGMA defer_foreign_keys = ON;
CREATE TABLE proposal_before AS SELECT * FROM proposal;
DROP TABLE proposal;

CREATE TABLE proposal (
  id       INTEGER PRIMARY KEY,
  matter   INTEGER NOT NULL REFERENCES matter (id),
  version  INTEGER NOT NULL,
  channel  TEXT NOT NULL CHECK (trim(channel) <> ''),
  title    TEXT NOT NULL CHECK (trim(title) <> ''),
  carrier  TEXT NOT NULL,
  day      TEXT NOT NULL,                                    -- when it is to be disclosed
  meeting  INTEGER NOT NULL CHECK (meeting IN (0, 1)),
  basis    TEXT NOT NULL CHECK (trim(basis) <> ''),
  band     INTEGER NOT NULL,                                 -- the matter's, which is its version's
  step     TEXT NOT NULL REFERENCES step (name)              -- the one to be taken next, or that ended it
) STRICT;

INSERT INTO proposal SELECT * FROM proposal_before;
DROP TABLE proposal_before;

CREATE INDEX proposal_by_step ON proposal (step, band, matter, id);
CREATE INDEX proposal_by_matter ON proposal (matter, version);
-- One record at a time for each version of a matter and channel.
CREATE UNIQUE INDEX proposal_alone ON proposal (matter, version, channel)
  WHERE step NOT IN ('withdraw', 'return');

CREATE TRIGGER a_proposal_begins_at_the_beginning BEFORE INSERT ON proposal
WHEN new.step <> 'submit'
BEGIN SELECT raise(ABORT, 'vetmark:not-this-step'); END;

CREATE TRIGGER a_proposal_stays_what_it_is
BEFORE UPDATE OF id, matter, version, channel, title, carrier, day, meeting, basis, band ON proposal
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;

CREATE TRIGGER proposal_is_not_deleted BEFORE DELETE ON proposal WHEN NOT EXISTS (SELECT 1 FROM purging)
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;

CREATE TRIGGER no_step_is_skipped BEFORE UPDATE OF step ON proposal
WHEN new.step NOT IN ('withdraw', 'return')
BEGIN
  SELECT raise(ABORT, 'vetmark:not-this-step') WHERE new.step IS NOT (
    SELECT route.step FROM route JOIN step ON step.name = route.step
     WHERE route.proposal = new.id
       AND step.number > (SELECT number FROM step WHERE name = old.step)
     ORDER BY step.number LIMIT 1);
  SELECT raise(ABORT, 'vetmark:not-this-step') WHERE NOT EXISTS (
    SELECT 1 FROM act WHERE proposal = new.id AND step = old.step);
  SELECT raise(ABORT, 'vetmark:not-ruled') WHERE old.step = 'review' AND EXISTS (
    SELECT 1 FROM act JOIN finding ON finding.evidence = act.evidence
     WHERE act.proposal = new.id AND act.step = 'review'
       AND finding.severity <> 'note' AND finding.suppressed IS NULL
       AND NOT EXISTS (SELECT 1 FROM ruling WHERE ruling.act = act.id AND ruling.finding = finding.id));
  SELECT raise(ABORT, 'vetmark:not-attested') WHERE old.step = 'review' AND EXISTS (
    SELECT 1 FROM act JOIN gap ON gap.evidence = act.evidence
     WHERE act.proposal = new.id AND act.step = 'review'
       AND NOT EXISTS (SELECT 1 FROM attested WHERE attested.act = act.id AND attested.part = gap.part));
  SELECT raise(ABORT, 'vetmark:not-this-step') WHERE new.step = 'closed' AND NOT EXISTS (
    SELECT 1 FROM act JOIN disposition ON disposition.act = act.id WHERE act.proposal = new.id);
END;

CREATE TRIGGER what_ended_stays_ended BEFORE UPDATE OF step ON proposal
WHEN new.step IN ('withdraw', 'return') AND (
  old.step IN ('submit', 'closed', 'withdraw', 'return')
  OR NOT EXISTS (SELECT 1 FROM act WHERE proposal = new.id AND step = new.step))
BEGIN SELECT raise(ABORT, 'vetmark:not-this-step'); END;

DROP TRIGGER who_may_act_and_on_what;
CREATE TRIGGER who_may_act_and_on_what BEFORE INSERT ON act
BEGIN
  SELECT raise(ABORT, 'vetmark:not-this-step') WHERE EXISTS (
    SELECT 1 FROM proposal WHERE id = new.proposal AND step IN ('withdraw', 'return'));
  SELECT raise(ABORT, 'vetmark:no-role') WHERE NOT EXISTS (
    SELECT 1 FROM step JOIN role ON role.role = step.role JOIN person ON person.name = role.person
     WHERE step.name = coalesce(new.stage, new.step) AND role.person = new.person AND person.gone IS NULL
       AND (new.step <> 'return' OR role.role IN ('reviewer', 'approver')));
  SELECT raise(ABORT, 'vetmark:not-this-step') WHERE NOT EXISTS (
    SELECT 1 FROM proposal WHERE id = new.proposal AND CASE
      WHEN new.step = 'withdraw' THEN step NOT IN ('submit', 'closed', 'withdraw', 'return')
      WHEN new.step = 'return' THEN step = new.stage AND step NOT IN ('submit', 'closed', 'withdraw', 'return')
      ELSE step = new.step END);
  SELECT raise(ABORT, 'vetmark:not-this-step') WHERE (new.step = 'return') <> (new.stage IS NOT NULL);
  SELECT raise(ABORT, 'vetmark:stale') WHERE NOT EXISTS (
    SELECT 1 FROM proposal JOIN matter ON matter.id = proposal.matter
     WHERE proposal.id = new.proposal AND proposal.version = matter.version
       AND new.version = matter.version AND new.sha256 = matter.sha256
       AND new.evidence = matter.evidence);
  -- Who takes a proposal back is who made it.
  SELECT raise(ABORT, 'vetmark:not-yours') WHERE new.step = 'withdraw' AND NOT EXISTS (
    SELECT 1 FROM act WHERE proposal = new.proposal AND step = 'submit' AND person = new.person);
  -- Not their own work: of this record, nor of the same matter for another channel. Who
  -- gave one back has worked on it as whoever's turn it was.
  SELECT raise(ABORT, 'vetmark:own-work') WHERE new.step <> 'withdraw' AND EXISTS (
    SELECT 1 FROM act JOIN proposal AS theirs ON theirs.id = act.proposal
      JOIN proposal AS this ON this.id = new.proposal
     WHERE act.person = new.person AND act.step <> 'withdraw' AND theirs.matter = this.matter
       AND theirs.version = this.version
       AND (theirs.id = this.id OR coalesce(act.stage, act.step) <> coalesce(new.stage, new.step)));
END;

-- Public holidays (`off`) and weekends that are worked in their stead.
CREATE TABLE holiday (
  day    TEXT NOT NULL PRIMARY KEY CHECK (length(day) = 10),
  worked INTEGER NOT NULL CHECK (worked IN (0, 1))
) STRICT, WITHOUT ROWID;

-- Within how many working days a step is to be taken, once it is its turn.
CREATE TABLE pace (
  step TEXT NOT NULL PRIMARY KEY REFERENCES step (name)
       CHECK (step NOT IN ('submit', 'closed', 'withdraw', 'return')),
  days INTEGER NOT NULL CHECK (days BETWEEN 1 AND 250)
) STRICT, WITHOUT ROWID;

-- What is to be done by when. A clock is opened and closed, and otherwise not changed.
CREATE TABLE clock (
  id       INTEGER PRIMARY KEY,
  matter   INTEGER NOT NULL REFERENCES matter (id),
  kind     TEXT NOT NULL CHECK (kind IN ('report', 'leak', 'step')),
  proposal INTEGER REFERENCES proposal (id),                 -- of which it is, where it is of one
  step     TEXT REFERENCES step (name),                      -- the one that is to be taken
  since    TEXT NOT NULL CHECK (length(since) >= 10),        -- a day or a time
  due      TEXT NOT NULL CHECK (length(due) >= 10),          -- the last day, or the last moment
  whom     TEXT,                                             -- to whom it is reported
  opened   INTEGER NOT NULL REFERENCES ledger (seq),
  closed   INTEGER REFERENCES ledger (seq),
  CHECK ((kind = 'step') = (step IS NOT NULL)),
  CHECK ((kind = 'leak') = (proposal IS NULL))
) STRICT;

CREATE INDEX clock_running ON clock (due, matter) WHERE closed IS NULL;
CREATE INDEX clock_by_matter ON clock (matter, closed);
CREATE INDEX clock_by_proposal ON clock (proposal);

CREATE TRIGGER clock_is_only_closed BEFORE UPDATE ON clock
WHEN old.closed IS NOT NULL OR new.closed IS NULL OR new.id <> old.id OR new.matter <> old.matter
  OR new.kind <> old.kind OR new.proposal IS NOT old.proposal OR new.step IS NOT old.step
  OR new.since <> old.since OR new.due <> old.due OR new.whom IS NOT old.whom OR new.opened <> old.opened
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;

CREATE TRIGGER clock_is_not_deleted BEFORE DELETE ON clock WHEN NOT EXISTS (SELECT 1 FROM purging)
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;

-- The nearest of a matter's deadlines, and what its mark says of its end.
ALTER TABLE matter ADD COLUMN due TEXT;
ALTER TABLE matter ADD COLUMN state TEXT;                    -- of the mark that protects longest
ALTER TABLE matter ADD COLUMN through TEXT;                  -- the last day it protects
CREATE INDEX matter_by_end ON matter (through, id) WHERE through IS NOT NULL;

CREATE TRIGGER a_clock_is_opened AFTER INSERT ON clock
BEGIN
  UPDATE matter SET due = (SELECT min(due) FROM clock WHERE matter = new.matter AND closed IS NULL)
   WHERE id = new.matter;
END;

CREATE TRIGGER a_clock_is_closed AFTER UPDATE ON clock
BEGIN
  UPDATE matter SET due = (SELECT min(due) FROM clock WHERE matter = new.matter AND closed IS NULL)
   WHERE id = new.matter;
END;

-- Nobody waits any longer for steps about what the matter was.
CREATE TRIGGER another_version_stops_the_steps AFTER UPDATE OF version ON matter
WHEN new.version <> old.version
BEGIN
  UPDATE clock SET closed = new.entry WHERE matter = new.id AND kind = 'step' AND closed IS NULL;
END;

-- An examination as it was reported, without what else the record knows of it (source, day,
-- engine); once for all that say the same. No text of a document but what was asked for.
CREATE TABLE told (
  id     INTEGER PRIMARY KEY,
  digest TEXT NOT NULL UNIQUE CHECK (length(digest) = 64),   -- SHA-256 of `json`
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),          -- of the matter, as reported
  bytes  INTEGER NOT NULL CHECK (bytes >= 0),
  json   TEXT NOT NULL CHECK (json_valid(json))
) STRICT;

ALTER TABLE examination ADD COLUMN told INTEGER REFERENCES told (id);

CREATE TRIGGER told_is_not_changed BEFORE UPDATE ON told
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;
CREATE TRIGGER told_is_not_deleted BEFORE DELETE ON told WHEN NOT EXISTS (SELECT 1 FROM purging)
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;

-- What a purge looks for, row by row.
CREATE INDEX examination_by_evidence ON examination (evidence);
CREATE INDEX examination_by_told ON examination (told);
CREATE INDEX matter_by_evidence ON matter (evidence);
CREATE INDEX act_by_evidence ON act (evidence);

-- What was reported upward before deadlines were kept.
INSERT INTO clock (matter, kind, proposal, since, due, whom, opened)
  SELECT proposal.matter, 'report', proposal.id, ledger.at, deadline, addressee, act.entry
    FROM disposition JOIN act ON act.id = disposition.act
    JOIN proposal ON proposal.id = act.proposal JOIN ledger ON ledger.seq = act.entry
   WHERE deadline IS NOT NULL;
