-- Messages up to this offset were deleted because they were too old.
ALTER TABLE numbering ADD COLUMN deleted_to INTEGER NOT NULL DEFAULT 0;
