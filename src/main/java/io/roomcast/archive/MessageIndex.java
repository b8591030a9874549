package io.roomcast.archive;

import io.roomcast.protocol.MessageText;
import io.roomcast.protocol.SearchTerms;
import io.roomcast.protocol.Words;
import io.roomcast.relay.Archive;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The words of the messages, and who has sent them: the tables that {@code docs/archive.md} describes. Each method works
 * in the caller's transaction.
 *
 * <p>A row has an id that grows with the time of its message, so that the database finds the newest first. Its lowest
 * {@value #NUMBER_BITS} bits tell messages of the same millisecond apart.
 *
 * <p><b>Concurrency.</b> Whoever changes the index, or the bodies that it has the words of, calls {@link #lock} first.
 */
abstract class MessageIndex {
    static final int NUMBER_BITS = 20;

    private static final Logger LOG = System.getLogger(MessageIndex.class.getName());
    /** Most bytes of bodies that are read at a time, unless a single message has more. */
    private static final long MAX_BYTES = 1 << 20;

    /** A message that is not in the index yet. */
    record Unindexed(long numbering, long offset, long storedAt, MessageText text) {}

    /** A row of the index. */
    record Row(long id, Unindexed message) {
        /**
         * @param joiner joins the words of a text
         * @param border stands between texts, so that no phrase crosses it
         */
        String words(Function<List<String>, String> joiner, String border) {
            return message.text().words().stream().map(joiner).collect(Collectors.joining(' ' + border + ' '));
        }
    }

    /** How the words are found, for {@link #prepare}: whatever was found in another way is found anew. */
    abstract String manner();

    /** Lets nobody else change the index before the end of the transaction. */
    abstract void lock(Connection connection) throws SQLException;

    abstract void insert(Connection connection, List<Row> rows) throws SQLException;

    abstract void deleteAll(Connection connection) throws SQLException;

    /** Deletes the rows of a numbering's messages from one offset to another. */
    abstract void delete(Connection connection, long numbering, long first, long last) throws SQLException;

    /**
     * As {@link Archive#search}. Begins its transactions itself.
     *
     * @param wall to bound the time
     */
    abstract Archive.FoundPage search(Transactions transactions, Archive.Search search, InstantSource wall);

    /** As {@link Archive#matching}. */
    Map<SearchTerms.Term, Set<String>> matching(Transactions transactions, SearchTerms terms, Set<String> words) {
        return terms.singles().stream()
                .collect(Collectors.toMap(
                        single -> single,
                        single -> words.stream().filter(single::isWord).collect(Collectors.toSet())));
    }

    static String joined(List<String> words) {
        return words.stream().map(Words::folded).filter(word -> !word.isEmpty()).collect(Collectors.joining(" "));
    }

    /** @throws UnfitDatabaseException if the database knows no such manner */
    void requireManner(Connection connection) throws SQLException {}

    /** Empties the index if it was made in another manner. */
    final void prepare(Connection connection) throws SQLException {
        requireManner(connection);
        String before;
        try (Statement select = connection.createStatement();
                ResultSet found = select.executeQuery("SELECT indexed_as FROM archive")) {
            found.next();
            before = found.getString(1);
        }
        if (before.equals(manner())) {
            return;
        }
        if (!before.isEmpty()) {
            LOG.log(
                    Level.INFO,
                    "The archive's messages are indexed anew for the search: as \"" + manner() + "\", no longer as \""
                            + before + "\"");
        }
        lock(connection);
        deleteAll(connection);
        try (Statement update = connection.createStatement()) {
            update.executeUpdate("UPDATE numbering SET indexed_to = 0 WHERE indexed_to > 0");
        }
        try (PreparedStatement update = connection.prepareStatement("UPDATE archive SET indexed_as = ?")) {
            update.setString(1, manner());
            update.executeUpdate();
        }
    }

    /** Numberings after this one that have messages which are not in the index. */
    static IndexLook look(Connection connection, long after, int limit) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT id, indexed_to, (SELECT MAX(msg_offset) FROM message WHERE numbering = n.id)"
                        + " FROM numbering n WHERE id > ? ORDER BY id LIMIT ?")) {
            select.setLong(1, after);
            select.setInt(2, limit);
            List<IndexBacklog.Part> found = new ArrayList<>();
            int looked = 0;
            long last = after;
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    looked++;
                    last = rows.getLong(1);
                    if (rows.getLong(2) < rows.getLong(3)) {
                        found.add(new IndexBacklog.Part(last, rows.getLong(2), rows.getLong(3)));
                    }
                }
            }
            return new IndexLook(found, looked < limit ? -1 : last);
        }
    }

    /** What {@link #look} has found, and where to go on; negative if there is no more. */
    record IndexLook(List<IndexBacklog.Part> found, long last) {}

    /** What {@link #index} has done: messages, and up to which offset of which numbering. */
    record Indexed(int messages, List<IndexBacklog.Part> parts) {}

    /**
     * Indexes messages of these numberings.
     *
     * @param limit most messages
     */
    final Indexed index(Connection connection, List<IndexBacklog.Part> parts, int limit) throws SQLException {
        lock(connection);
        List<Unindexed> messages = new ArrayList<>();
        List<IndexBacklog.Part> done = new ArrayList<>();
        long[] bytes = {MAX_BYTES};
        for (IndexBacklog.Part part : parts) {
            int left = limit - messages.size();
            if (left == 0 || bytes[0] <= 0) {
                break;
            }
            List<Unindexed> found = unindexed(connection, part.numbering(), left, bytes);
            messages.addAll(found);
            // A page that is not full is the last one.
            boolean isWhole = found.size() < left && bytes[0] > 0;
            long end =
                    found.isEmpty() ? part.last() : found.get(found.size() - 1).offset();
            done.add(new IndexBacklog.Part(part.numbering(), part.after(), isWhole ? Math.max(end, part.last()) : end));
            if (!found.isEmpty()) {
                setIndexedTo(connection, part.numbering(), end);
            }
        }
        if (!messages.isEmpty()) {
            insert(connection, withIds(connection, messages));
        }
        return new Indexed(messages.size(), done);
    }

    /** @param left how many bytes may be read; set to what is left of them */
    private static List<Unindexed> unindexed(Connection connection, long numbering, int limit, long[] left)
            throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT m.msg_offset, m.stored_at, m.body FROM numbering n JOIN message m"
                        + " ON m.numbering = n.id AND m.msg_offset > n.indexed_to"
                        + " WHERE n.id = ? ORDER BY m.msg_offset LIMIT ?")) {
            select.setLong(1, numbering);
            select.setInt(2, limit);
            return messages(select, numbering, left);
        }
    }

    private static List<Unindexed> messages(PreparedStatement select, long numbering, long[] left) throws SQLException {
        List<Unindexed> messages = new ArrayList<>();
        select.setFetchSize(100);
        try (ResultSet found = select.executeQuery()) {
            while (left[0] > 0 && found.next()) {
                byte[] body = found.getBytes(3);
                left[0] -= body.length;
                messages.add(new Unindexed(numbering, found.getLong(1), found.getLong(2), MessageText.of(body)));
            }
        }
        return messages;
    }

    private static void setIndexedTo(Connection connection, long numbering, long offset) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE numbering SET indexed_to = ? WHERE id = ?")) {
            update.setLong(1, offset);
            update.setLong(2, numbering);
            update.executeUpdate();
        }
    }

    /**
     * Finds the words of messages anew whose bodies were changed in this transaction. To be called after {@link #lock}.
     * Messages that were not in the index yet are left to {@link #index}.
     *
     * @param offsets few, because all their bodies are read
     */
    final void indexAnew(Connection connection, long numbering, List<Long> offsets) throws SQLException {
        List<Unindexed> messages = new ArrayList<>();
        try (PreparedStatement select =
                connection.prepareStatement("SELECT m.msg_offset, m.stored_at, m.body FROM message m JOIN numbering n"
                        + " ON n.id = m.numbering AND m.msg_offset <= n.indexed_to"
                        + " WHERE m.numbering = ? AND m.msg_offset = ?")) {
            for (long offset : offsets) {
                select.setLong(1, numbering);
                select.setLong(2, offset);
                messages.addAll(messages(select, numbering, new long[] {Long.MAX_VALUE}));
                delete(connection, numbering, offset, offset);
            }
        }
        if (!messages.isEmpty()) {
            insert(connection, withIds(connection, messages));
        }
    }

    private static List<Row> withIds(Connection connection, List<Unindexed> messages) throws SQLException {
        List<Unindexed> byTime = new ArrayList<>(messages);
        byTime.sort(Comparator.comparingLong(Unindexed::storedAt)
                .thenComparingLong(Unindexed::numbering)
                .thenComparingLong(Unindexed::offset));
        long newest = newestId(connection, 0, Long.MAX_VALUE);
        List<Row> rows = new ArrayList<>(messages.size());
        long time = -1;
        long id = 0;
        for (Unindexed message : byTime) {
            long first = firstId(message.storedAt());
            if (message.storedAt() != time) {
                time = message.storedAt();
                // Only where messages of the time may be in the index already, the database has to be asked.
                long taken = first > newest ? 0 : newestId(connection, first, firstId(time + 1));
                id = Math.max(Math.max(first, taken + 1), id + 1);
            } else {
                id++;
            }
            rows.add(new Row(id, message));
        }
        return rows;
    }

    /** The least id of messages that were stored at this time, in milliseconds since 1970, or later. */
    static long firstId(long time) {
        return Math.min(Math.max(time, 0), Long.MAX_VALUE >> NUMBER_BITS) << NUMBER_BITS;
    }

    /** 0 if there is none. */
    private static long newestId(Connection connection, long from, long before) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT MAX(id) FROM message_index WHERE id >= ? AND id < ?")) {
            select.setLong(1, from);
            select.setLong(2, before);
            try (ResultSet found = select.executeQuery()) {
                found.next();
                return found.getLong(1);
            }
        }
    }
}
