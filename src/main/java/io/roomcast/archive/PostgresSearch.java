package io.roomcast.archive;

import io.roomcast.protocol.SearchTerms;
import io.roomcast.relay.Archive;
import io.roomcast.relay.ArchiveException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A search in PostgreSQL. Its index finds all messages with a word, in no order: with a frequent word, far too many. So
 * the search has steps, and ends when the page is full or there is no more:
 *
 * <ol>
 *   <li>It reads the newest messages one by one, as long as the page fills. A frequent word is found there.
 *   <li>It asks the index for what is older. A word that was not frequent there mostly has few messages elsewhere.
 *   <li>If the index takes too long, it reads on one by one, some seconds at most. Whoever asks for the next page goes on
 *       there.
 * </ol>
 */
final class PostgresSearch {
    /** How many of the newest messages are read one by one: of all rooms, which lie side by side; of others. */
    private static final int FIRST_OF_ALL = 4_000;

    private static final int FIRST_OF_ONE = 1_000;
    /** The index takes long to look for many rooms. */
    private static final int FIRST_OF_SOME = 20_000;
    /** How many are read at most if the page is probably full then. */
    private static final long FAR_OF_ALL = 200_000;

    private static final long FAR_OF_ONE = 10_000;
    /** How many are read at most in a further step. */
    private static final int STEP = 20_000;

    private static final String INDEX_MILLIS = "500";
    private static final long SEARCH_MILLIS = 1_500;
    private static final String STATEMENT_MILLIS = "2000";
    private static final String CANCELED = "57014";

    private final Transactions transactions;
    private final String language;
    private final Archive.Search search;
    private final InstantSource wall;
    private final FoundRows found;
    private final String query;
    private final long from;
    /** Null for all. */
    private List<Long> numberings;
    /** The id before which messages have to be. */
    private long end;

    PostgresSearch(Transactions transactions, String language, Archive.Search search, InstantSource wall) {
        this.transactions = transactions;
        this.language = language;
        this.search = search;
        this.wall = wall;
        this.found = new FoundRows(search);
        this.query = query(language, search.terms());
        this.from = MessageIndex.firstId(search.from());
        this.end = FoundRows.end(search);
    }

    /** The terms as {@code to_tsquery} reads them. Words have only letters, digits and marks. */
    static String query(String language, SearchTerms terms) {
        return terms.terms().stream()
                .map(term -> term.words().stream()
                                .map(word -> "'" + PostgresIndex.word(language, word) + "'")
                                .collect(Collectors.joining(" <-> "))
                        + (term.isPrefix() ? ":*" : ""))
                .collect(Collectors.joining(" & "));
    }

    Archive.FoundPage run() {
        long began = wall.millis();
        if (search.rooms() != null) {
            numberings = transactions.read(connection -> FoundRows.numberings(connection, search.rooms()));
        }
        if (numberings != null && numberings.isEmpty() || !transactions.read(this::hasWords)) {
            return found.page(0);
        }
        long read = first();
        readOneByOne((int) read);
        // As long as it seems that the page will be full soon.
        while (end > from && !found.isFull() && found.isFullWithin(isOfOne() ? FAR_OF_ONE : FAR_OF_ALL, read)) {
            int rows = (int) Math.min(read, STEP);
            readOneByOne(rows);
            read += rows;
        }
        if (end > from && !found.isFull() && doneInTime(() -> transactions.read(this::askIndex))) {
            end = from;
        }
        while (end > from && !found.isFull() && wall.millis() - began < SEARCH_MILLIS) {
            if (!doneInTime(() -> readOneByOne(STEP))) {
                break;
            }
        }
        return found.page(end > from ? end : 0);
    }

    /** @return false if it has taken too long, and was given up */
    private static boolean doneInTime(Runnable step) {
        try {
            step.run();
            return true;
        } catch (ArchiveException e) {
            if (e.getCause() instanceof SQLException failure && CANCELED.equals(failure.getSQLState())) {
                return false;
            }
            throw e;
        }
    }

    private int first() {
        if (isOfOne()) {
            return FIRST_OF_ONE;
        }
        return numberings == null ? FIRST_OF_ALL : FIRST_OF_SOME;
    }

    /** A language may have words that are too common to be looked for. Then nothing must be found, and not everything. */
    private boolean hasWords(Connection connection) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT numnode(to_tsquery(?::regconfig, ?)) > 0")) {
            select.setString(1, language);
            select.setString(2, query);
            try (ResultSet answer = select.executeQuery()) {
                return answer.next() && answer.getBoolean(1);
            }
        }
    }

    /** Whether an index of PostgreSQL has the rows of a room or of a sender in the order of their ids. */
    private boolean isOfOne() {
        return search.sender() != null || numberings != null && numberings.size() == 1;
    }

    /** Reads the newest rows, and sets {@code end} to the last that was read, or to {@code from} if there are no others. */
    private void readOneByOne(int rows) {
        long border = transactions.read(connection -> {
            prepare(connection, STATEMENT_MILLIS);
            try (PreparedStatement select = connection.prepareStatement("SELECT id FROM message_index WHERE id >= ?"
                    + " AND id < ?" + one() + " ORDER BY id DESC LIMIT 1 OFFSET ?")) {
                int next = setOne(select, setBounds(select, from, end));
                select.setInt(next, rows - 1);
                try (ResultSet last = select.executeQuery()) {
                    return last.next() ? last.getLong(1) : from;
                }
            }
        });
        transactions.read(connection -> {
            prepare(connection, STATEMENT_MILLIS);
            // The inner limit keeps PostgreSQL from asking the index after all.
            try (PreparedStatement select = connection.prepareStatement(FoundRows.COLUMNS
                    + " FROM (SELECT id, numbering, msg_offset FROM (SELECT id, numbering, msg_offset, words FROM"
                    + " message_index WHERE id >= ? AND id < ?" + one() + " ORDER BY id DESC LIMIT ?) r"
                    + " WHERE words @@ to_tsquery(?::regconfig, ?)" + among() + " ORDER BY id DESC LIMIT ?) i"
                    + FoundRows.JOINS + " ORDER BY i.id DESC")) {
                int next = setOne(select, setBounds(select, border, end));
                select.setInt(next++, rows);
                select.setString(next++, language);
                select.setString(next++, query);
                select.setInt(next, found.wanted());
                found.read(select);
            }
            return null;
        });
        end = border;
    }

    private Void askIndex(Connection connection) throws SQLException {
        prepare(connection, INDEX_MILLIS);
        // What is materialized has no order that could keep PostgreSQL from asking the index.
        try (PreparedStatement select = connection.prepareStatement(
                "WITH hits AS MATERIALIZED (SELECT id, numbering, msg_offset FROM message_index WHERE words @@"
                        + " (to_tsquery(?::regconfig, ?) && ?::tsquery) AND id >= ? AND id < ?),"
                        + " i AS (SELECT * FROM hits ORDER BY id DESC LIMIT ?) "
                        + FoundRows.COLUMNS + " FROM i" + FoundRows.JOINS + " ORDER BY i.id DESC")) {
            select.setString(1, language);
            select.setString(2, query);
            select.setString(3, scope());
            select.setLong(4, from);
            select.setLong(5, end);
            select.setInt(6, found.wanted());
            found.read(select);
        }
        return null;
    }

    /** Words that are no words of texts. */
    private String scope() {
        List<String> parts = new ArrayList<>();
        if (numberings != null) {
            parts.add(numberings.stream()
                    .map(numbering -> quoted(PostgresIndex.room(numbering)))
                    .collect(Collectors.joining(" | ", "(", ")")));
        }
        if (search.sender() != null) {
            parts.add(quoted(PostgresIndex.sender(search.sender())));
        }
        return String.join(" & ", parts);
    }

    private static String quoted(String word) {
        return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'";
    }

    /** The rows of a sender, or else of a room, have an index in the order of their ids. */
    private String one() {
        if (search.sender() != null) {
            return " AND sender = ?";
        }
        return isOfOne() ? " AND numbering = ?" : "";
    }

    /** @return the next parameter */
    private int setOne(PreparedStatement select, int first) throws SQLException {
        if (search.sender() != null) {
            select.setString(first, search.sender());
        } else if (isOfOne()) {
            select.setLong(first, numberings.get(0));
        } else {
            return first;
        }
        return first + 1;
    }

    private static int setBounds(PreparedStatement select, long from, long end) throws SQLException {
        select.setLong(1, from);
        select.setLong(2, end);
        return 3;
    }

    private String among() {
        return numberings == null || search.sender() == null && isOfOne()
                ? ""
                : numberings.stream()
                        .map(String::valueOf)
                        .collect(Collectors.joining(", ", " AND numbering IN (", ")"));
    }

    /** A search must not hold the database up, nor take more than one of its processors. */
    private static void prepare(Connection connection, String millis) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // A plan that knows no values cannot know how often a word occurs.
            statement.execute("SET LOCAL statement_timeout = " + millis
                    + "; SET LOCAL jit = off; SET LOCAL max_parallel_workers_per_gather = 0"
                    + "; SET LOCAL plan_cache_mode = force_custom_plan");
        }
    }
}
