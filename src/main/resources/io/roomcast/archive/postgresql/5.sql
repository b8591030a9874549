-- What docs/archive.md describes for numberings that go on after a broker has lost its data.
ALTER TABLE archive ADD COLUMN birth TEXT;
ALTER TABLE archive ADD COLUMN run TEXT;
ALTER TABLE archive ADD COLUMN first_birth TEXT;
ALTER TABLE archive ADD COLUMN ended_to BIGINT NOT NULL DEFAULT 0;
ALTER TABLE numbering ADD COLUMN placed_in TEXT;
CREATE TABLE node_life (
    life TEXT PRIMARY KEY,
    birth TEXT NOT NULL,
    run TEXT NOT NULL,
    seen_at BIGINT NOT NULL
);
CREATE TABLE open_numbering (
    numbering BIGINT NOT NULL REFERENCES numbering (id),
    life TEXT NOT NULL,
    PRIMARY KEY (numbering, life)
);
INSERT INTO node_life (life, birth, run, seen_at) VALUES ('strangers', '', '', 0);
