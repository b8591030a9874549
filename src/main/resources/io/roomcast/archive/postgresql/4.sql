-- What docs/archive.md describes for nodes that share the database: copies of what a broker keeps.
ALTER TABLE numbering ADD COLUMN continues_to BIGINT NOT NULL DEFAULT 0;
ALTER TABLE archive ADD COLUMN copied_since BIGINT;
CREATE TABLE hole (
    numbering BIGINT NOT NULL REFERENCES numbering (id),
    first_offset BIGINT NOT NULL,
    last_offset BIGINT NOT NULL,
    found_at BIGINT NOT NULL,
    PRIMARY KEY (numbering, first_offset)
);
CREATE TABLE archiver_node (
    node TEXT PRIMARY KEY,
    seen_at BIGINT NOT NULL
);
CREATE TABLE archiver_shard (
    shard INTEGER PRIMARY KEY,
    node TEXT,
    leased_until BIGINT NOT NULL DEFAULT 0
);
INSERT INTO archiver_shard (shard) SELECT * FROM generate_series(0, 15);
