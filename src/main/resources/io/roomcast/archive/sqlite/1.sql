-- What docs/archive.md describes.
CREATE TABLE archive (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    salt BLOB NOT NULL,
    checked_at INTEGER NOT NULL,
    ballast BLOB
);
CREATE TABLE numbering (
    id INTEGER PRIMARY KEY,
    room TEXT NOT NULL,
    epoch TEXT NOT NULL,
    began_at INTEGER NOT NULL,
    UNIQUE (room, epoch)
);
CREATE TABLE message (
    numbering INTEGER NOT NULL REFERENCES numbering (id),
    msg_offset INTEGER NOT NULL,
    stored_at INTEGER NOT NULL,
    key_digest BLOB,
    body BLOB NOT NULL,
    PRIMARY KEY (numbering, msg_offset)
) WITHOUT ROWID;
