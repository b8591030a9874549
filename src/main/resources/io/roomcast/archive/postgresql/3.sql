-- The index of the search. A background thread fills it, after the messages were committed.
ALTER TABLE numbering ADD COLUMN indexed_to BIGINT NOT NULL DEFAULT 0;
ALTER TABLE archive ADD COLUMN indexed_as TEXT NOT NULL DEFAULT '';
CREATE TABLE message_index (
    numbering BIGINT NOT NULL,
    msg_offset BIGINT NOT NULL,
    id BIGINT NOT NULL UNIQUE,
    sender TEXT NOT NULL,
    words TSVECTOR NOT NULL,
    PRIMARY KEY (numbering, msg_offset)
);
CREATE INDEX message_index_room ON message_index (numbering, id);
CREATE INDEX message_index_sender ON message_index (sender, id);
CREATE INDEX message_index_words ON message_index USING GIN (words) WITH (gin_pending_list_limit = 256);
