-- The journal (流水): one append-only table, and one acknowledged position per destination.

CREATE TABLE journal (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    epoch INTEGER NOT NULL
) STRICT;

CREATE TABLE entry (
    sequence INTEGER PRIMARY KEY CHECK (sequence > 0),
    entry_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    visit_id TEXT,
    wall_ms INTEGER NOT NULL,
    hash TEXT NOT NULL,
    record TEXT NOT NULL,   -- the flat record in its canonical encoding, without personal data
    personal TEXT           -- {"salt":…, fields…}; NULL where there is none, or where it was wiped
) STRICT;

CREATE INDEX entry_by_kind ON entry (kind, sequence);
CREATE INDEX entry_by_visit ON entry (visit_id, sequence) WHERE visit_id IS NOT NULL;
CREATE INDEX entry_with_personal ON entry (sequence) WHERE personal IS NOT NULL;

CREATE TABLE position (
    destination TEXT PRIMARY KEY,
    sequence INTEGER NOT NULL CHECK (sequence >= 0),
    answer BLOB             -- what the destination said when it moved here
) STRICT;

CREATE TRIGGER entry_follows_the_last BEFORE INSERT ON entry
WHEN NEW.sequence <> 1 + coalesce((SELECT max(sequence) FROM entry), 0)
BEGIN SELECT raise(ABORT, 'an entry must follow the last one'); END;

CREATE TRIGGER entry_is_never_changed BEFORE UPDATE ON entry
WHEN NEW.personal IS NOT NULL
    OR NEW.sequence IS NOT OLD.sequence OR NEW.entry_id IS NOT OLD.entry_id OR NEW.kind IS NOT OLD.kind
    OR NEW.visit_id IS NOT OLD.visit_id OR NEW.wall_ms IS NOT OLD.wall_ms OR NEW.hash IS NOT OLD.hash
    OR NEW.record IS NOT OLD.record
BEGIN SELECT raise(ABORT, 'entries are append-only; personal data may only be wiped'); END;

CREATE TRIGGER entry_is_never_removed BEFORE DELETE ON entry
BEGIN SELECT raise(ABORT, 'entries are append-only'); END;

CREATE TRIGGER position_never_goes_back BEFORE UPDATE ON position
WHEN NEW.sequence < OLD.sequence
BEGIN SELECT raise(ABORT, 'a position only moves forward'); END;
