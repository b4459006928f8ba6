-- Retention: entries may leave once central has countersigned them. The journal then begins at a checkpoint.

CREATE TABLE checkpoint (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    sequence INTEGER NOT NULL CHECK (sequence > 0),
    hash TEXT NOT NULL,       -- of the last entry that has left; the first that is left links to it
    wall_ms INTEGER NOT NULL, -- when that entry was written
    answer BLOB NOT NULL,     -- central's countersigned answer, for this place or one behind it
    kept TEXT NOT NULL        -- JSON: the records among those that have left which a starting terminal must know
) STRICT;

DROP TRIGGER entry_is_never_removed;

CREATE TRIGGER entry_is_never_removed BEFORE DELETE ON entry
WHEN OLD.sequence > coalesce((SELECT sequence FROM checkpoint), 0)
BEGIN SELECT raise(ABORT, 'entries are append-only; they leave behind a countersigned checkpoint only'); END;

CREATE TRIGGER checkpoint_waits_for_every_destination BEFORE INSERT ON checkpoint
WHEN NEW.sequence > coalesce((SELECT min(sequence) FROM position), 0)
BEGIN SELECT raise(ABORT, 'a destination does not hold these entries yet'); END;

CREATE TRIGGER checkpoint_moves_forward BEFORE UPDATE ON checkpoint
WHEN NEW.sequence < OLD.sequence OR NEW.sequence > coalesce((SELECT min(sequence) FROM position), 0)
BEGIN SELECT raise(ABORT, 'a checkpoint only moves forward, and never past a destination'); END;

CREATE TRIGGER checkpoint_stays BEFORE DELETE ON checkpoint
BEGIN SELECT raise(ABORT, 'a checkpoint stays'); END;
