-- The index of the search. A background thread fills it, after the messages were committed.
ALTER TABLE numbering ADD COLUMN indexed_to INTEGER NOT NULL DEFAULT 0;
ALTER TABLE archive ADD COLUMN indexed_as TEXT NOT NULL DEFAULT '';
CREATE TABLE message_index (
    id INTEGER PRIMARY KEY,
    numbering INTEGER NOT NULL,
    msg_offset INTEGER NOT NULL,
    sender TEXT NOT NULL,
    UNIQUE (numbering, msg_offset)
);
CREATE INDEX message_index_sender ON message_index (sender, id);
CREATE VIRTUAL TABLE message_words USING fts5 (words, scope, content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '2 3');
