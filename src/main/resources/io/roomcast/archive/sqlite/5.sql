-- Nodes that share a database have more tables. What reads and writes messages finds the same in both.
ALTER TABLE archive ADD COLUMN birth TEXT;
ALTER TABLE numbering ADD COLUMN placed_in TEXT;
