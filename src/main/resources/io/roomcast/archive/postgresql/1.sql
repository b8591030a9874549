-- What docs/archive.md describes.
CREATE TABLE archive (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    salt BYTEA NOT NULL,
    checked_at BIGINT NOT NULL,
    ballast BYTEA
);
CREATE TABLE numbering (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    room TEXT NOT NULL,
    epoch TEXT NOT NULL,
    began_at BIGINT NOT NULL,
    UNIQUE (room, epoch)
);
CREATE TABLE message (
    numbering BIGINT NOT NULL REFERENCES numbering (id),
    msg_offset BIGINT NOT NULL,
    stored_at BIGINT NOT NULL,
    key_digest BYTEA,
    body BYTEA NOT NULL,
    PRIMARY KEY (numbering, msg_offset)
);
