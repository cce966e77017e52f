-- Matters: what was examined, who may decide, and what they said. What people said
-- and what the machine found is added and never changed; the steps, the roles and
-- who may not act on their own work are held here, whoever writes.

CREATE TABLE person (
  name  TEXT NOT NULL PRIMARY KEY CHECK (trim(name) <> '' AND name <> 'vetmark'),
  shown TEXT NOT NULL CHECK (trim(shown) <> ''),           -- the name on papers
  entry INTEGER NOT NULL REFERENCES ledger (seq),          -- when they came
  gone  INTEGER REFERENCES ledger (seq)                    -- when they left: they act no more
) STRICT, WITHOUT ROWID;

CREATE TABLE role (
  person TEXT NOT NULL REFERENCES person (name),
  role   TEXT NOT NULL CHECK (role IN ('submitter', 'adviser', 'reviewer', 'approver', 'auditor',
                                       'system-administrator', 'security-administrator')),
  entry  INTEGER NOT NULL REFERENCES ledger (seq),         -- when it was given
  PRIMARY KEY (person, role)
) STRICT, WITHOUT ROWID;

-- Who has one of the administrator's three duties has no other role.
CREATE TRIGGER duties_are_apart BEFORE INSERT ON role
WHEN EXISTS (
  SELECT 1 FROM role AS r WHERE r.person = new.person AND r.role <> new.role
   AND (r.role IN ('auditor', 'system-administrator', 'security-administrator')
     OR new.role IN ('auditor', 'system-administrator', 'security-administrator')))
BEGIN SELECT raise(ABORT, 'vetmark:separate-duties'); END;

CREATE TRIGGER roles_are_given_and_taken BEFORE UPDATE ON role
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;

-- When the steps that need not be are taken.
CREATE TABLE policy (
  step  TEXT NOT NULL PRIMARY KEY
        CHECK (step IN ('department', 'organiser', 'second-review', 'consult')),
  asked TEXT NOT NULL CHECK (asked IN ('never', 'meeting', 'always'))
) STRICT, WITHOUT ROWID;

INSERT INTO policy VALUES
  ('department', 'never'), ('organiser', 'meeting'), ('second-review', 'never'), ('consult', 'never');

-- What the machine found, once for all examinations that found the same. No text of
-- a document but where `quote` and `context` were asked for.
CREATE TABLE evidence (
  id      INTEGER PRIMARY KEY,
  digest  TEXT NOT NULL UNIQUE CHECK (length(digest) = 64),  -- SHA-256 of all of it, without quotes
  sha256  TEXT NOT NULL CHECK (length(sha256) = 64),         -- of the bytes it was found in
  verdict TEXT NOT NULL CHECK (verdict IN ('no_finding', 'review', 'incomplete', 'refer', 'withhold')),
  regime  TEXT,                                              -- of the highest live level
  level   TEXT,
  rank    INTEGER
) STRICT;

CREATE TABLE part (
  evidence   INTEGER NOT NULL REFERENCES evidence (id),
  number     INTEGER NOT NULL CHECK (number >= 1),           -- in the order of the examination
  path       TEXT NOT NULL CHECK (json_valid(path)),         -- the trail, outermost first
  media_type TEXT NOT NULL,
  sha256     TEXT NOT NULL CHECK (length(sha256) = 64),
  bytes      INTEGER NOT NULL CHECK (bytes >= 0),
  read       TEXT NOT NULL CHECK (read IN ('full', 'ocr', 'partial', 'none')),
  PRIMARY KEY (evidence, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE gap (
  evidence INTEGER NOT NULL,
  part     INTEGER NOT NULL,
  number   INTEGER NOT NULL,
  rule     TEXT NOT NULL CHECK (rule LIKE 'gap.%'),
  what     TEXT NOT NULL,                                    -- the limit; empty for others
  detail   TEXT NOT NULL,                                    -- without text of the document
  PRIMARY KEY (evidence, part, number),
  FOREIGN KEY (evidence, part) REFERENCES part (evidence, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE finding (
  evidence  INTEGER NOT NULL,
  id        TEXT NOT NULL,                                   -- as in the examination: f1, f2 …
  part      INTEGER NOT NULL,
  rule      TEXT NOT NULL,
  severity  TEXT NOT NULL CHECK (severity IN ('note', 'review', 'block')),
  regime    TEXT,
  level     TEXT,
  rank      INTEGER,
  entry     TEXT,                                            -- of a scope dictionary
  region    TEXT NOT NULL,
  page      INTEGER CHECK (page >= 1),
  line      INTEGER CHECK (line >= 1),
  char_from INTEGER NOT NULL CHECK (char_from >= 0),         -- characters of the part's text
  char_to   INTEGER NOT NULL CHECK (char_to >= char_from),
  suppressed TEXT,                                           -- the decision by which it does not count
  quote     TEXT,
  context   TEXT,
  PRIMARY KEY (evidence, id),
  FOREIGN KEY (evidence, part) REFERENCES part (evidence, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE matter (
  id       INTEGER PRIMARY KEY,
  source   TEXT NOT NULL CHECK (source <> ''),               -- where the original is
  version  INTEGER NOT NULL CHECK (version >= 1),            -- raised whenever it is reopened
  sha256   TEXT NOT NULL CHECK (length(sha256) = 64),
  evidence INTEGER NOT NULL REFERENCES evidence (id),
  verdict  TEXT NOT NULL,
  band     INTEGER NOT NULL CHECK (band BETWEEN 0 AND 4),    -- of the verdict: 0 is `withhold`, 4 `no_finding`
  proposed INTEGER NOT NULL DEFAULT 0 CHECK (proposed IN (0, 1)), -- whether this version is, for any channel
  opened   TEXT NOT NULL,                                    -- this version of it
  entry    INTEGER NOT NULL REFERENCES ledger (seq)          -- by which it was opened or reopened
) STRICT;

CREATE INDEX matter_by_source ON matter (source);
CREATE INDEX matter_by_bytes ON matter (sha256, evidence);
-- The queue, whole and of what nobody proposed yet.
CREATE INDEX matter_by_band ON matter (band, id);
CREATE INDEX matter_unproposed ON matter (band, id) WHERE proposed = 0;

CREATE TABLE examination (
  id           INTEGER PRIMARY KEY,
  matter       INTEGER NOT NULL REFERENCES matter (id),
  version      INTEGER NOT NULL,                             -- of the matter
  entry        INTEGER NOT NULL REFERENCES ledger (seq),
  evidence     INTEGER NOT NULL REFERENCES evidence (id),
  source       TEXT NOT NULL,
  as_of        TEXT NOT NULL,
  engine       TEXT NOT NULL,
  rules        TEXT NOT NULL,
  dictionaries TEXT NOT NULL,
  suppressions TEXT,
  budget       TEXT
) STRICT;

CREATE INDEX examination_by_matter ON examination (matter, id);

-- Who looked at which version of a matter.
CREATE TABLE opened (
  matter  INTEGER NOT NULL REFERENCES matter (id),
  version INTEGER NOT NULL,
  person  TEXT NOT NULL REFERENCES person (name),
  entry   INTEGER NOT NULL REFERENCES ledger (seq),
  PRIMARY KEY (matter, version, person)
) STRICT, WITHOUT ROWID;

-- The steps, their order, and who takes them.
CREATE TABLE step (
  name   TEXT NOT NULL PRIMARY KEY,
  number INTEGER NOT NULL UNIQUE,
  role   TEXT
) STRICT, WITHOUT ROWID;

INSERT INTO step VALUES
  ('submit', 1, 'submitter'), ('department', 2, 'adviser'), ('organiser', 3, 'adviser'),
  ('review', 4, 'reviewer'), ('second-review', 5, 'reviewer'), ('consult', 6, 'adviser'),
  ('decide', 7, 'approver'), ('closed', 8, NULL);

-- One record for each version of a matter and channel.
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
  step     TEXT NOT NULL REFERENCES step (name),             -- the one to be taken next
  UNIQUE (matter, version, channel)
) STRICT;

CREATE INDEX proposal_by_step ON proposal (step, band, matter, id);

-- The steps that a proposal has to go through, by the policy of the day it was made.
CREATE TABLE route (
  proposal INTEGER NOT NULL REFERENCES proposal (id),
  step     TEXT NOT NULL REFERENCES step (name),
  PRIMARY KEY (proposal, step)
) STRICT, WITHOUT ROWID;

-- What a person did at a step.
CREATE TABLE act (
  id       INTEGER PRIMARY KEY,
  proposal INTEGER NOT NULL REFERENCES proposal (id),
  step     TEXT NOT NULL REFERENCES step (name),
  person   TEXT NOT NULL REFERENCES person (name),
  entry    INTEGER NOT NULL UNIQUE REFERENCES ledger (seq),
  version  INTEGER NOT NULL,                                 -- what they had before them
  sha256   TEXT NOT NULL,
  evidence INTEGER NOT NULL REFERENCES evidence (id),
  opened   INTEGER NOT NULL CHECK (opened IN (0, 1)),        -- whether they ever looked at it
  bulk     INTEGER NOT NULL CHECK (bulk >= 1),               -- how many matters at one stroke
  words    TEXT NOT NULL CHECK (trim(words) <> ''),
  UNIQUE (proposal, step)
) STRICT;

CREATE TRIGGER who_may_act_and_on_what BEFORE INSERT ON act
BEGIN
  SELECT raise(ABORT, 'vetmark:no-role') WHERE NOT EXISTS (
    SELECT 1 FROM step JOIN role ON role.role = step.role JOIN person ON person.name = role.person
     WHERE step.name = new.step AND role.person = new.person AND person.gone IS NULL);
  SELECT raise(ABORT, 'vetmark:not-this-step')
    WHERE new.step <> (SELECT step FROM proposal WHERE id = new.proposal);
  SELECT raise(ABORT, 'vetmark:stale') WHERE NOT EXISTS (
    SELECT 1 FROM proposal JOIN matter ON matter.id = proposal.matter
     WHERE proposal.id = new.proposal AND proposal.version = matter.version
       AND new.version = matter.version AND new.sha256 = matter.sha256
       AND new.evidence = matter.evidence);
  -- Not their own work: of this record, nor of the same matter for another channel.
  SELECT raise(ABORT, 'vetmark:own-work') WHERE EXISTS (
    SELECT 1 FROM act JOIN proposal AS theirs ON theirs.id = act.proposal
      JOIN proposal AS this ON this.id = new.proposal
     WHERE act.person = new.person AND theirs.matter = this.matter
       AND theirs.version = this.version
       AND (theirs.id = this.id OR act.step <> new.step));
END;

CREATE TABLE ruling (
  act      INTEGER NOT NULL REFERENCES act (id),
  evidence INTEGER NOT NULL,
  finding  TEXT NOT NULL,
  ruling   TEXT NOT NULL CHECK (ruling IN ('upheld', 'overturned', 'left')),
  reason   TEXT NOT NULL CHECK (trim(reason) <> ''),
  PRIMARY KEY (act, finding),
  FOREIGN KEY (evidence, finding) REFERENCES finding (evidence, id)
) STRICT, WITHOUT ROWID;

-- A person's word for a part that the machine could not read.
CREATE TABLE attested (
  act      INTEGER NOT NULL REFERENCES act (id),
  evidence INTEGER NOT NULL,
  part     INTEGER NOT NULL,
  words    TEXT NOT NULL CHECK (trim(words) <> ''),
  PRIMARY KEY (act, part),
  FOREIGN KEY (evidence, part) REFERENCES part (evidence, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE disposition (
  act        INTEGER PRIMARY KEY REFERENCES act (id),
  conclusion TEXT NOT NULL CHECK (conclusion IN ('disclose', 'part', 'withhold', 'declassify', 'report')),
  addressee  TEXT CHECK (trim(addressee) <> ''),
  deadline   TEXT,
  CHECK ((conclusion = 'report') = (addressee IS NOT NULL)),
  CHECK ((conclusion = 'report') = (deadline IS NOT NULL))
) STRICT;

CREATE TRIGGER what_may_be_decided BEFORE INSERT ON disposition
BEGIN
  SELECT raise(ABORT, 'vetmark:not-this-step')
    WHERE 'decide' <> (SELECT step FROM act WHERE id = new.act);
  SELECT raise(ABORT, 'vetmark:upheld') WHERE new.conclusion = 'disclose' AND EXISTS (
    SELECT 1 FROM act AS decided JOIN act ON act.proposal = decided.proposal
      JOIN ruling ON ruling.act = act.id
      JOIN finding ON finding.evidence = ruling.evidence AND finding.id = ruling.finding
     WHERE decided.id = new.act AND ruling.ruling = 'upheld' AND finding.severity = 'block');
END;

CREATE TRIGGER no_step_is_skipped BEFORE UPDATE OF step ON proposal
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

CREATE TRIGGER a_proposal_begins_at_the_beginning BEFORE INSERT ON proposal
WHEN new.step <> 'submit'
BEGIN SELECT raise(ABORT, 'vetmark:not-this-step'); END;

CREATE TRIGGER a_proposal_stays_what_it_is
BEFORE UPDATE OF id, matter, version, channel, title, carrier, day, meeting, basis, band ON proposal
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;

-- A row while a purge runs, and at no other time: only then is anything deleted.
CREATE TABLE purging (entry INTEGER PRIMARY KEY REFERENCES ledger (seq)) STRICT;

-- Numbers of matters that were taken out: none is given twice.
CREATE TABLE purged (
  matter INTEGER PRIMARY KEY,
  entry  INTEGER NOT NULL REFERENCES ledger (seq)
) STRICT;

CREATE TRIGGER evidence_is_not_changed BEFORE UPDATE ON evidence
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;
CREATE TRIGGER evidence_is_not_deleted BEFORE DELETE ON evidence WHEN NOT EXISTS (SELECT 1 FROM purging)
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;

CREATE TRIGGER part_is_not_changed BEFORE UPDATE ON part
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;
CREATE TRIGGER part_is_not_deleted BEFORE DELETE ON part WHEN NOT EXISTS (SELECT 1 FROM purging)
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;

CREATE TRIGGER gap_is_not_changed BEFORE UPDATE ON gap
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;
CREATE TRIGGER gap_is_not_deleted BEFORE DELETE ON gap WHEN NOT EXISTS (SELECT 1 FROM purging)
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;

CREATE TRIGGER finding_is_not_changed BEFORE UPDATE ON finding
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;
CREATE TRIGGER finding_is_not_deleted BEFORE DELETE ON finding WHEN NOT EXISTS (SELECT 1 FROM purging)
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;

CREATE TRIGGER examination_is_not_changed BEFORE UPDATE ON examination
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;
CREATE TRIGGER examination_is_not_deleted BEFORE DELETE ON examination WHEN NOT EXISTS (SELECT 1 FROM purging)
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;

CREATE TRIGGER opened_is_not_changed BEFORE UPDATE ON opened
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;
CREATE TRIGGER opened_is_not_deleted BEFORE DELETE ON opened WHEN NOT EXISTS (SELECT 1 FROM purging)
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;

CREATE TRIGGER route_is_not_changed BEFORE UPDATE ON route
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;
CREATE TRIGGER route_is_not_deleted BEFORE DELETE ON route WHEN NOT EXISTS (SELECT 1 FROM purging)
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;

CREATE TRIGGER act_is_not_changed BEFORE UPDATE ON act
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;
CREATE TRIGGER act_is_not_deleted BEFORE DELETE ON act WHEN NOT EXISTS (SELECT 1 FROM purging)
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;

CREATE TRIGGER ruling_is_not_changed BEFORE UPDATE ON ruling
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;
CREATE TRIGGER ruling_is_not_deleted BEFORE DELETE ON ruling WHEN NOT EXISTS (SELECT 1 FROM purging)
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;

CREATE TRIGGER attested_is_not_changed BEFORE UPDATE ON attested
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;
CREATE TRIGGER attested_is_not_deleted BEFORE DELETE ON attested WHEN NOT EXISTS (SELECT 1 FROM purging)
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;

CREATE TRIGGER disposition_is_not_changed BEFORE UPDATE ON disposition
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;
CREATE TRIGGER disposition_is_not_deleted BEFORE DELETE ON disposition WHEN NOT EXISTS (SELECT 1 FROM purging)
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;

CREATE TRIGGER matter_is_not_deleted BEFORE DELETE ON matter WHEN NOT EXISTS (SELECT 1 FROM purging)
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;

CREATE TRIGGER proposal_is_not_deleted BEFORE DELETE ON proposal WHEN NOT EXISTS (SELECT 1 FROM purging)
BEGIN SELECT raise(ABORT, 'vetmark:append-only'); END;

CREATE INDEX ledger_by_subject ON ledger (subject, at);
