package io.roomcast.archive;

/** The database cannot have the archive, however often somebody tries. The message says why, without the database's name. */
public final class UnfitDatabaseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UnfitDatabaseException(String message) {
        super(message, null, false, false);
    }

    /** The tables were made by a newer program. This one does not touch them. */
    static UnfitDatabaseException newerSchema(int version, int newest) {
        return new UnfitDatabaseException("its tables have version " + version
                + ", and this program knows versions up to " + newest + "; start the newer release that has made them");
    }
}
