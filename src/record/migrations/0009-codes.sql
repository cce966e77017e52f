-- The other half of a link: a code that somebody else gives the same person, so that who
-- makes a link is not by it whoever it is for.
ALTER TABLE link ADD COLUMN coded INTEGER NOT NULL DEFAULT 0 CHECK (coded IN (0, 1));
ALTER TABLE link ADD COLUMN code BLOB CHECK (length(code) = 32); -- SHA-256 of link and code; none: not given yet
ALTER TABLE link ADD COLUMN tried INTEGER NOT NULL DEFAULT 0;    -- wrong codes

-- Where a duty is vacant anybody may do what it is for, or a new store could not be set
-- up: so the system's and the security administrator's never become vacant again, and
-- nobody makes a way for themselves by taking out whoever would have to agree.
CREATE TRIGGER no_duty_becomes_vacant_by_leaving BEFORE UPDATE OF gone ON person
WHEN new.gone IS NOT NULL AND EXISTS (
  SELECT 1 FROM role WHERE role.person = new.name
   AND role.role IN ('system-administrator', 'security-administrator')
   AND NOT EXISTS (
     SELECT 1 FROM role AS r JOIN person AS p ON p.name = r.person
      WHERE r.role = role.role AND r.person <> new.name AND p.gone IS NULL))
BEGIN SELECT raise(ABORT, 'vetmark:last-duty'); END;

CREATE TRIGGER no_duty_becomes_vacant BEFORE DELETE ON role
WHEN old.role IN ('system-administrator', 'security-administrator')
  AND EXISTS (SELECT 1 FROM person WHERE name = old.person AND gone IS NULL)
  AND NOT EXISTS (
    SELECT 1 FROM role AS r JOIN person AS p ON p.name = r.person
     WHERE r.role = old.role AND r.person <> old.person AND p.gone IS NULL)
BEGIN SELECT raise(ABORT, 'vetmark:last-duty'); END;

-- An auditor gives codes too, and is not the system administrator's to take out.
CREATE TRIGGER an_auditor_is_relieved_first BEFORE UPDATE OF gone ON person
WHEN new.gone IS NOT NULL
  AND EXISTS (SELECT 1 FROM role WHERE person = new.name AND role = 'auditor')
  AND EXISTS (
    SELECT 1 FROM role AS r JOIN person AS p ON p.name = r.person
     WHERE r.role = 'security-administrator' AND p.gone IS NULL)
BEGIN SELECT raise(ABORT, 'vetmark:auditor-first'); END;
