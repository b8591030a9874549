package io.roomcast.archive;

import io.roomcast.protocol.SearchTerms;
import io.roomcast.relay.Archive;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/** The index in SQLite: a table of FTS5 that does not keep the texts has the words, and the room and the sender of each. */
final class SqliteIndex extends MessageIndex {
    /** Rows without content cannot be changed, only deleted by their number. */
    private static final String DELETE_WORDS = "DELETE FROM message_words WHERE rowid IN"
            + " (SELECT id FROM message_index WHERE numbering = ? AND msg_offset BETWEEN ? AND ?)";

    /** The tokenizer takes it for a word, because it is not ASCII; no text has it as a word. */
    private static final String BORDER = "\u2029";

    @Override
    String manner() {
        return "words 2";
    }

    /** Only one transaction at a time writes. */
    @Override
    void lock(Connection connection) {}

    @Override
    void insert(Connection connection, List<Row> rows) throws SQLException {
        try (PreparedStatement index = connection.prepareStatement(
                        "INSERT INTO message_index (id, numbering, msg_offset, sender) VALUES (?, ?, ?, ?)");
                PreparedStatement words = connection.prepareStatement(
                        "INSERT INTO message_words (rowid, words, scope) VALUES (?, ?, ?)")) {
            for (Row row : rows) {
                index.setLong(1, row.id());
                index.setLong(2, row.message().numbering());
                index.setLong(3, row.message().offset());
                index.setString(4, row.message().text().sender());
                index.addBatch();
                words.setLong(1, row.id());
                words.setString(2, row.words(MessageIndex::joined, BORDER));
                words.setString(
                        3,
                        room(row.message().numbering()) + " "
                                + sender(row.message().text().sender()));
                words.addBatch();
            }
            index.executeBatch();
            words.executeBatch();
        }
    }

    private static String room(long numbering) {
        return "r" + numbering;
    }

    private static String sender(String id) {
        return "u" + HexFormat.of().formatHex(id.getBytes(StandardCharsets.UTF_8));
    }

    /** SQLite has the rows of a word in the order of their ids. So it finds the newest first, however many there are. */
    @Override
    Archive.FoundPage search(Transactions transactions, Archive.Search search, InstantSource wall) {
        return transactions.read(connection -> {
            FoundRows found = new FoundRows(search);
            List<Long> numberings =
                    search.rooms() == null ? List.of() : FoundRows.numberings(connection, search.rooms());
            if (search.rooms() != null && numberings.isEmpty()) {
                return found.page(0);
            }
            try (PreparedStatement select = connection.prepareStatement(FoundRows.COLUMNS
                    + " FROM message_words w JOIN message_index i ON i.id = w.rowid" + FoundRows.JOINS
                    + " WHERE message_words MATCH ? AND w.rowid >= ? AND w.rowid < ? ORDER BY w.rowid DESC LIMIT ?")) {
                select.setString(1, match(search, numberings));
                select.setLong(2, firstId(search.from()));
                select.setLong(3, FoundRows.end(search));
                select.setInt(4, found.wanted());
                found.read(select);
            }
            return found.page(0);
        });
    }

    private static String match(Archive.Search search, List<Long> numberings) {
        List<String> parts = new ArrayList<>();
        for (SearchTerms.Term term : search.terms().terms()) {
            parts.add("words : \"" + joined(term.words()) + "\"" + (term.isPrefix() ? " *" : ""));
        }
        if (!numberings.isEmpty()) {
            parts.add(numberings.stream()
                    .map(numbering -> '"' + room(numbering) + '"')
                    .collect(Collectors.joining(" OR ", "scope : (", ")")));
        }
        if (search.sender() != null) {
            parts.add("scope : \"" + sender(search.sender()) + '"');
        }
        return String.join(" AND ", parts);
    }

    @Override
    void deleteAll(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("DELETE FROM message_index");
            statement.executeUpdate("INSERT INTO message_words (message_words) VALUES ('delete-all')");
        }
    }

    @Override
    void delete(Connection connection, long numbering, long first, long last) throws SQLException {
        for (String command :
                List.of(DELETE_WORDS, "DELETE FROM message_index WHERE numbering = ? AND msg_offset BETWEEN ? AND ?")) {
            try (PreparedStatement delete = connection.prepareStatement(command)) {
                delete.setLong(1, numbering);
                delete.setLong(2, first);
                delete.setLong(3, last);
                delete.executeUpdate();
            }
        }
    }
}
