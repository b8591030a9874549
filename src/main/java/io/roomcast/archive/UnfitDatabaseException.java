package io.roomcast.archive;

/** The database can never have the archive. The message says why, without the name of the database. */
public final class UnfitDatabaseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UnfitDatabaseException(String message) {
        super(message, null, false, false);
    }

    static UnfitDatabaseException unknownLanguage(String language) {
        return new UnfitDatabaseException(
                "its full text search has no language called " + language + "; see roomcast.archive.language");
    }

    /** The tables were made by a newer program. This one does not touch them. */
    static UnfitDatabaseException newerSchema(int version, int newest) {
        return new UnfitDatabaseException("its tables have version " + version
                + ", and this program knows versions up to " + newest + "; start the newer release that has made them");
    }
}
