package io.roomcast.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.RoomcastConfig;
import io.roomcast.protocol.SearchTerms;
import io.roomcast.relay.Archive;
import io.roomcast.relay.ArchiveContractTest;
import io.roomcast.relay.ArchiveException;
import io.roomcast.support.Await;
import io.roomcast.support.CapturedLog;
import io.roomcast.support.postgres.PostgresProcess;
import io.roomcast.support.postgres.TestPostgres;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The archive in PostgreSQL, and what keeps it from being used. */
class PostgresArchiveTest extends ArchiveContractTest {
    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    private final String url = POSTGRES.newUrl();

    private static Archive open(Map<String, String> settings) {
        return EmbeddedArchive.open(
                        RoomcastConfig.load(key -> Optional.ofNullable(settings.get(key)), settings.keySet()))
                .orElseThrow();
    }

    /** @param more settings, in turn with their values */
    private static Archive open(String url, String... more) {
        return open(PostgresProcess.settings(url, more));
    }

    @Override
    protected Archive open() {
        return open(url);
    }

    private static void assertAway(Archive archive, String reason) {
        String line =
                assertThrows(ArchiveException.class, () -> archive.check(0)).getMessage();
        assertTrue(line.startsWith("roomcast.archive.url cannot be used now: "), line);
        assertTrue(line.contains(reason), line);
        assertFalse(line.contains("\n"), line);
        assertThrows(ArchiveException.class, archive::salt);
    }

    private static void awaitUsable(Archive archive) {
        Await.until("the archive can be used", () -> {
            try {
                archive.check(0);
                return true;
            } catch (ArchiveException e) {
                return false;
            }
        });
    }

    @Test
    void aSecondNodeWaitsUntilTheFirstHasEnded() {
        archive.append(List.of(run(room, "e1", 1, 3)));
        try (Archive second = open()) {
            assertAway(second, "another node uses it");
            try (Archive elsewhere = open(POSTGRES.newUrl())) {
                elsewhere.check(0);
            }
            archive.close();
            awaitUsable(second);
            second.append(List.of(run(room, "e1", 4, 5)));
        }
        archive = open();
        assertEquals(5, archive.numbering(room).orElseThrow().offset());
    }

    @Test
    void aNodeThatHasLostItsConnectionWritesOnlyWhereNobodyElseDoes() {
        archive.append(List.of(run(room, "e1", 1, 3)));
        POSTGRES.process().run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'roomcast'");
        assertThrows(ArchiveException.class, () -> archive.append(List.of(run(room, "e1", 4, 5))));
        try (Archive second = open()) {
            second.append(List.of(run(room, "e1", 4, 4)));
            assertThrows(ArchiveException.class, () -> archive.append(List.of(run(room, "e1", 5, 5))));
        }
        assertThrows(ArchiveException.class, () -> archive.append(List.of(run(room, "e1", 4, 5))), "there is one");
        archive.append(List.of(run(room, "e1", 5, 5)));
        assertEquals(5, archive.numbering(room).orElseThrow().offset());
    }

    @Test
    void aDatabaseThatEndsComesBackWithAllThatWasStored() {
        archive.append(List.of(run(room, "e1", 1, 3)));
        POSTGRES.process().kill();
        assertThrows(ArchiveException.class, () -> archive.append(List.of(run(room, "e1", 4, 5))));
        assertThrows(ArchiveException.class, () -> archive.numbering(room));
        try (Archive late = open(url)) {
            assertAway(late, "refused");
            POSTGRES.process().start();
            awaitUsable(archive);
            assertEquals(3, archive.numbering(room).orElseThrow().offset());
            archive.append(List.of(run(room, "e1", 4, 5)));
            archive.close();
            awaitUsable(late);
            assertEquals(5, late.numbering(room).orElseThrow().offset());
        }
    }

    @Test
    void aWrongPasswordIsOneLineWithoutIt() {
        try (Archive refused = open(url, "roomcast.archive.password", "wrong-word")) {
            assertAway(refused, "password authentication failed");
        }
        assertFalse(open(url + "&password=hidden").place().contains("hidden"));
    }

    @Test
    void aDatabaseThatMayOnlyBeReadRefuses() {
        archive.append(List.of(run(room, "e1", 1, 3)));
        POSTGRES.process().run("ALTER ROLE roomcast SET default_transaction_read_only = on");
        try {
            POSTGRES.process().run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'roomcast'");
            assertThrows(ArchiveException.class, () -> archive.check(0));
            assertThrows(ArchiveException.class, () -> archive.append(List.of(run(room, "e1", 4, 5))));
            try (Archive late = open(POSTGRES.newUrl())) {
                assertAway(late, "read-only");
            }
        } finally {
            POSTGRES.process().run("ALTER ROLE roomcast RESET default_transaction_read_only");
        }
        POSTGRES.process().run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'roomcast'");
        awaitUsable(archive);
        assertEquals(3, archive.numbering(room).orElseThrow().offset());
    }

    private static void assertRefused(String reason, Map<String, String> settings) {
        String line = assertThrows(StartException.class, () -> open(settings)).getMessage();
        assertTrue(line.startsWith("roomcast.archive."), line);
        assertTrue(line.contains(reason), line);
    }

    @Test
    void whatCanNeverBeIsOneLineAtTheStart() {
        archive.close();
        POSTGRES.process().run("INSERT INTO " + url.replaceFirst(".*=", "") + ".schema_version VALUES (99)");
        assertRefused(
                "its tables have version 99",
                Map.of(
                        "roomcast.archive.url",
                        url + "&user=" + PostgresProcess.USER,
                        "roomcast.archive.password",
                        PostgresProcess.PASSWORD));
        assertRefused("no URL of PostgreSQL", Map.of("roomcast.archive.url", "jdbc:postgresql://host:port/x"));
        assertRefused(
                "needs roomcast.relay=local or redis", Map.of("roomcast.archive.url", url, "roomcast.relay", "nats"));
        assertRefused("application servers", Map.of("roomcast.archive.datasource", "java:comp/DefaultDataSource"));
    }

    @Test
    void somebodyIsToldThatADatabaseForgetsWhatItHasCommitted() {
        archive.close();
        POSTGRES.process().run("ALTER ROLE roomcast SET synchronous_commit = off");
        try (CapturedLog log = CapturedLog.of("io.roomcast.archive")) {
            archive = open();
            assertTrue(log.messages(Level.WARNING).toString().contains("synchronous_commit"));
        } finally {
            POSTGRES.process().run("ALTER ROLE roomcast RESET synchronous_commit");
        }
    }

    @Test
    void aLanguageFindsOtherFormsOfAWordAndAnotherOneIndexesAnew() {
        say(room, "e1", 1, "ann", "Two meetings are over", "the meeting");
        assertFound("meeting", 2);
        archive.close();
        try (CapturedLog log = CapturedLog.of("io.roomcast.archive")) {
            archive = open(url, "roomcast.archive.language", "english");
            assertTrue(log.messages(Level.INFO).toString().contains("indexed anew"));
        }
        assertFound("meeting", 2, 1);
        assertFound("\"met\"");
        assertFound("the");
        SearchTerms terms = SearchTerms.parse("meet the nothing");
        Map<SearchTerms.Term, Set<String>> matching =
                archive.matching(terms, Set.of("meetings", "Meeting", "the", "over"));
        assertEquals(2, matching.size());
        assertEquals(Set.of("meetings", "Meeting"), matching.get(new SearchTerms.Term(List.of("meet"), false)));
        archive.append(List.of(new Archive.Run(
                room,
                "e1",
                List.of(new Archive.Message(
                        3,
                        1_900_000_000_000L,
                        null,
                        "{\"content\":\"we fly\",\"data\":[\"moon over the sea\"]}".getBytes(UTF_8))))));
        assertFound("\"moons over the sea\"", 3);
        assertFound("\"fly the moon\"");
        assertFound("\"fly moon\"");
        archive.close();
        archive = open(url, "roomcast.archive.language", "english");
        indexAll();
        assertFound("meeting", 2, 1);
        String line = assertThrows(
                        StartException.class, () -> open(POSTGRES.newUrl(), "roomcast.archive.language", "klingon"))
                .getMessage();
        assertTrue(line.contains("no language called klingon"), line);
    }

    @Test
    void aRefusedMessageIsNotInTheWordsOfItsRefusal() {
        archive.append(List.of(run(room, "e1", 1, 3)));
        String line = assertThrows(ArchiveException.class, () -> archive.append(List.of(run(room, "e1", 3, 3))))
                .getMessage();
        assertTrue(line.contains("duplicate key"), line);
        assertFalse(line.contains("body") || line.contains("VALUES"), line);
    }
}
