package io.roomcast.config;

import java.time.Duration;
import java.util.List;

/** Keys of the archive. */
public final class ArchiveKeys {
    /** The value of {@link #DATA} that turns the archive off. */
    public static final String NONE = "none";

    public static final Key<String> DATA = new Key<>(
            "roomcast.data",
            "",
            "directory",
            "Directory in which the embedded server keeps messages with `roomcast.relay=local`, so that they outlive it; "
                    + "`none` to keep them in memory only. If empty, the system's usual place: "
                    + "`~/.local/share/roomcast` on Linux (below `$XDG_DATA_HOME` if that is set), "
                    + "`~/Library/Application Support/Roomcast` on macOS, `%LOCALAPPDATA%\\Roomcast` on Windows. Each "
                    + "node needs a directory of its own.",
            Values.matching("[^\\x00-\\x1f]*", "a directory, or none"));

    public static final Key<String> URL = new Key<>(
                    "roomcast.archive.url",
                    "",
                    "URL",
                    "PostgreSQL in which the embedded server keeps messages: `jdbc:postgresql://host[:port]/database`, "
                            + "with further parameters of its JDBC driver after `?`. With `roomcast.relay=local`, it is "
                            + "used in place of `roomcast.data`, by one node; a second one waits until the first has "
                            + "ended. With `roomcast.relay=redis`, all nodes share it.",
                    Values.matching("|jdbc:postgresql:\\S+", "jdbc:postgresql://host[:port]/database"))
            .asSecret();

    public static final Key<String> USER = new Key<>(
            "roomcast.archive.user",
            "",
            "text",
            "User of the database of `roomcast.archive.url`, if the URL names none.",
            text -> text);

    public static final Key<String> PASSWORD = new Key<>(
                    "roomcast.archive.password",
                    "",
                    "text",
                    "Password of this user. Set it in the environment as `ROOMCAST_ARCHIVE_PASSWORD`.",
                    text -> text)
            .asSecret();

    public static final Key<String> DATASOURCE = new Key<>(
            "roomcast.archive.datasource",
            "",
            "JNDI name",
            "JNDI name of an application server's data source, with PostgreSQL, in which the node keeps messages. With "
                    + "`roomcast.relay=redis`, all nodes share the database. If empty, messages are only in the memory "
                    + "of the node, or in Redis.",
            Values.matching("|[A-Za-z0-9_.:/-]+", "a JNDI name such as java:jboss/datasources/Roomcast"));

    public static final Key<Duration> RETENTION = new Key<>(
            "roomcast.archive.retention",
            "0",
            "duration",
            "How long the archive keeps a message, from 10m on; it is deleted within two minutes afterwards. 0 for ever.",
            ArchiveKeys::retention);

    public static final Key<String> LANGUAGE = new Key<>(
            "roomcast.archive.language",
            "simple",
            "text",
            "Language of the words that the search of PostgreSQL finds in other forms, too, such as `english`; the names "
                    + "are those of `pg_ts_config`. `simple` finds the word as it was written, in whatever case and with "
                    + "whatever accents, as SQLite does. After a change all messages are indexed anew.",
            Values.matching("[a-z][a-z0-9_]{0,62}", "a name of pg_ts_config such as english"));

    public static final Key<Integer> WINDOW = new Key<>(
            "roomcast.archive.window",
            "4",
            "number",
            "With `roomcast.relay=redis`: Redis keeps so many times the messages, bytes and age of a room's history "
                    + "until they are archived, from 1 to 100. What is more than that is missing in the archive.",
            Values.integerBetween(1, 100));

    public static final Key<Duration> LAG = new Key<>(
            "roomcast.archive.lag",
            "1h",
            "duration",
            "With `roomcast.relay=redis`: a node is not ready while the archive is behind by more than this, or while "
                    + "Redis drops messages that are not archived. 0 to be ready all the same.",
            Values.durationBetween("0", "365d"));

    public static final Key<Boolean> RESTORE = new Key<>(
            "roomcast.archive.restore",
            "false",
            "true or false",
            "With `roomcast.relay=redis`, without a Cluster: a room that Redis has lost goes on in the same epoch, if it is "
                    + "certain that the archive has all of its messages. A node then publishes only after it has reached "
                    + "the archive at its start, and after each restart, failover or loss of data of Redis. The same on "
                    + "all nodes.",
            text -> Values.oneOf("true", "false").apply(text).equals("true"));

    static final List<Key<?>> ALL =
            List.of(DATA, URL, USER, PASSWORD, DATASOURCE, RETENTION, LANGUAGE, WINDOW, LAG, RESTORE);

    /** Not shorter than idempotency keys are known. */
    private static Duration retention(String text) {
        Duration value = Values.durationBetween("0", "3650d").apply(text);
        if (!value.isZero() && value.compareTo(Duration.ofMinutes(10)) < 0) {
            throw new IllegalArgumentException("0, or a duration from 10m to 3650d");
        }
        return value;
    }

    private ArchiveKeys() {}
}
