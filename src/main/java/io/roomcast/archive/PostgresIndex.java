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
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The index in PostgreSQL: a column of its full text search, with a GIN index, has the words, and the room and the sender
 * of each.
 */
final class PostgresIndex extends MessageIndex {
    /** Its dictionary changes nothing: this program takes the accents away. */
    static final String SIMPLE = "simple";

    /** Precedes what is no word of a text, and so is never looked for by mistake. */
    private static final String MARK = "\u0001";

    /** PostgreSQL takes it for the path of a file. It takes up a place among the words, and is deleted then. */
    private static final String BORDER = "/0/0";

    /** As the lock of whoever writes messages, with another number. */
    private static final String LOCK = "SELECT pg_advisory_xact_lock(1919905646, hashtext(current_schema()))";

    /** Words too common to be looked for have no row; others have one without a word, at least. */
    private static final String MATCHING =
            "WITH w AS MATERIALIZED (SELECT word, to_tsvector(?::regconfig, word) AS found FROM unnest(?) word),"
                    + " q AS MATERIALIZED (SELECT number, to_tsquery(?::regconfig, term) AS wanted"
                    + " FROM unnest(?) WITH ORDINALITY AS u (term, number))"
                    + " SELECT q.number, w.word FROM q LEFT JOIN w ON w.found @@ q.wanted WHERE numnode(q.wanted) > 0";

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
        return language + " 2";
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
                        + " ts_delete(to_tsvector(?::regconfig, ?), ?) || array_to_tsvector(ARRAY[?, ?]))")) {
            for (Row row : rows) {
                insert.setLong(1, row.message().numbering());
                insert.setLong(2, row.message().offset());
                insert.setLong(3, row.id());
                insert.setString(4, row.message().text().sender());
                insert.setString(5, language);
                insert.setString(6, words(row));
                insert.setString(7, BORDER);
                insert.setString(8, room(row.message().numbering()));
                insert.setString(9, sender(row.message().text().sender()));
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
        // A phrase is as long as it has words, also those that a language does not look for.
        int borders = language.equals(SIMPLE) ? 1 : SearchTerms.MAX_WORDS;
        return row.words(
                words -> words.stream().map(word -> word(language, word)).collect(Collectors.joining(" ")),
                String.join(" ", Collections.nCopies(borders, BORDER)));
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
    Map<SearchTerms.Term, Set<String>> matching(Transactions transactions, SearchTerms terms, Set<String> words) {
        if (language.equals(SIMPLE) || words.isEmpty()) {
            return super.matching(transactions, terms, words);
        }
        List<SearchTerms.Term> singles = List.copyOf(terms.singles());
        return transactions.read(connection -> {
            Map<SearchTerms.Term, Set<String>> matching = new HashMap<>();
            try (PreparedStatement select = connection.prepareStatement(MATCHING)) {
                select.setString(1, language);
                select.setArray(2, connection.createArrayOf("text", words.toArray()));
                select.setString(3, language);
                select.setArray(
                        4,
                        connection.createArrayOf(
                                "text",
                                singles.stream()
                                        .map(single -> PostgresSearch.query(language, new SearchTerms(List.of(single))))
                                        .toArray()));
                try (ResultSet found = select.executeQuery()) {
                    while (found.next()) {
                        Set<String> some =
                                matching.computeIfAbsent(singles.get(found.getInt(1) - 1), single -> new HashSet<>());
                        String word = found.getString(2);
                        if (word != null) {
                            some.add(word);
                        }
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
