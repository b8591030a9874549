package io.roomcast.archive;

/** The tables were made by a newer program. This one does not touch them. */
public final class NewerSchemaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NewerSchemaException(int version, int newest) {
        super(
                "its tables have version " + version + ", and this program knows versions up to " + newest,
                null,
                false,
                false);
    }
}
