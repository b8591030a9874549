package io.roomcast.archive;

import io.roomcast.protocol.SearchTerms;
import io.roomcast.protocol.Words;
import io.roomcast.relay.Archive;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The index in PostgreSQL: a column of its full text search, with a GIN index, has the words, and the room and the sender
 * of each.
 */
final class PostgresIndex extends MessageIndex {
    /** Its dictionary changes nothing: this program takes the accents away. */
    static final String SIMPLE = "simple";

    /** Precedes what is no word of a text, and so is never looked for by mistake. */
    private static final String MARK = "\u0001";

    /** As the lock of whoever writes messages, with another number. */
    private static final String LOCK = "SELECT pg_advisory_xact_lock(1919905646, hashtext(current_schema()))";

    private final String language;

    /** @param language the name of a configuration of PostgreSQL's full text search */
    PostgresIndex(String language) {
        this.language = language;
    }

    @Override
    void requireManner(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT 1 FROM pg_ts_config WHERE cfgname = ?")) {
            select.setString(1, language);
            try (ResultSet found = select.executeQuery()) {
                if (!found.next()) {
                    throw UnfitDatabaseException.unknownLanguage(language);
                }
            }
        }
    }

    @Override
    String manner() {
        return language + " 1";
    }

    /** Several nodes may share the database. */
    @Override
    void lock(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(LOCK);
        }
    }

    @Override
    void insert(Connection connection, List<Row> rows) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO message_index (numbering, msg_offset, id, sender, words) VALUES (?, ?, ?, ?,"
                        + " to_tsvector(?::regconfig, ?) || array_to_tsvector(ARRAY[?, ?]))")) {
            for (Row row : rows) {
                insert.setLong(1, row.message().numbering());
                insert.setLong(2, row.message().offset());
                insert.setLong(3, row.id());
                insert.setString(4, row.message().text().sender());
                insert.setString(5, language);
                insert.setString(6, words(row));
                insert.setString(7, room(row.message().numbering()));
                insert.setString(8, sender(row.message().text().sender()));
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    static String room(long numbering) {
        return MARK + "r" + numbering;
    }

    static String sender(String id) {
        return MARK + "u" + id;
    }

    private String words(Row row) {
        return row.message().text().words().stream()
                .map(word -> word(language, word))
                .collect(Collectors.joining(" "));
    }

    /** A dictionary needs the accents. */
    static String word(String language, String word) {
        return language.equals(SIMPLE) ? Words.folded(word) : word;
    }

    @Override
    Archive.FoundPage search(Transactions transactions, Archive.Search search, InstantSource wall) {
        return new PostgresSearch(transactions, language, search, wall).run();
    }

    @Override
    Set<String> matching(Transactions transactions, SearchTerms terms, Set<String> words) {
        if (language.equals(SIMPLE) || words.isEmpty()) {
            return super.matching(transactions, terms, words);
        }
        SearchTerms each = new SearchTerms(terms.terms().stream()
                .flatMap(term -> IntStream.range(0, term.words().size())
                        .mapToObj(i -> new SearchTerms.Term(
                                List.of(term.words().get(i)),
                                term.isPrefix() && i == term.words().size() - 1)))
                .toList());
        return transactions.read(connection -> {
            Set<String> matching = new HashSet<>();
            try (PreparedStatement select = connection.prepareStatement(
                    "SELECT w FROM unnest(?) w WHERE to_tsvector(?::regconfig, w) @@ to_tsquery(?::regconfig, ?)")) {
                select.setArray(1, connection.createArrayOf("text", words.toArray()));
                select.setString(2, language);
                select.setString(3, language);
                select.setString(4, PostgresSearch.query(language, each).replace(" & ", " | "));
                try (ResultSet found = select.executeQuery()) {
                    while (found.next()) {
                        matching.add(found.getString(1));
                    }
                }
            }
            return matching;
        });
    }

    @Override
    void deleteAll(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("TRUNCATE message_index");
        }
    }

    @Override
    void delete(Connection connection, long numbering, long first, long last) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(
                "DELETE FROM message_index WHERE numbering = ? AND msg_offset BETWEEN ? AND ?")) {
            delete.setLong(1, numbering);
            delete.setLong(2, first);
            delete.setLong(3, last);
            delete.executeUpdate();
        }
    }
}
