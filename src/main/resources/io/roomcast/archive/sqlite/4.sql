-- Nodes that share a database have more tables. What reads messages finds the same in both.
ALTER TABLE numbering ADD COLUMN continues_to INTEGER NOT NULL DEFAULT 0;
ALTER TABLE archive ADD COLUMN copied_since INTEGER;
CREATE TABLE hole (
    numbering INTEGER NOT NULL REFERENCES numbering (id),
    first_offset INTEGER NOT NULL,
    last_offset INTEGER NOT NULL,
    found_at INTEGER NOT NULL,
    PRIMARY KEY (numbering, first_offset)
) WITHOUT ROWID;
