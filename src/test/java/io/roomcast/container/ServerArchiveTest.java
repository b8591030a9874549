package io.roomcast.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.ConfigException;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.node.Clocks;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.Archive;
import io.roomcast.relay.ArchiveException;
import io.roomcast.support.Await;
import io.roomcast.support.postgres.PostgresProcess;
import io.roomcast.support.postgres.TestPostgres;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.naming.NameNotFoundException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.ds.PGSimpleDataSource;
import org.sqlite.SQLiteDataSource;

/** The archive in a data source, whose connections commit by themselves, as those of application servers do. */
class ServerArchiveTest {
    private static final String NAME = "java:jboss/datasources/Roomcast";
    private static final RoomName LOBBY = new RoomName("lobby");

    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    private final Map<String, Object> names = new HashMap<>();

    private static DataSource source(String url) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL(url);
        source.setUser(PostgresProcess.USER);
        source.setPassword(PostgresProcess.PASSWORD);
        return source;
    }

    private Optional<Archive> open(Map<String, String> settings) {
        RoomcastConfig config = RoomcastConfig.load(key -> Optional.ofNullable(settings.get(key)), settings.keySet());
        return ServerArchive.open(config, Clocks.system(), name -> {
            if (!names.containsKey(name)) {
                throw new NameNotFoundException(name);
            }
            return names.get(name);
        });
    }

    private Archive open() {
        return open(Map.of("roomcast.archive.datasource", NAME)).orElseThrow();
    }

    @Test
    void whatOneDeploymentHasStoredTheNextOneHas() {
        names.put(NAME, source(POSTGRES.newUrl()));
        byte[] body = {1, 2, 3};
        try (Archive first = open()) {
            first.append(List.of(new Archive.Run(LOBBY, "e", List.of(new Archive.Message(1, 1_000, null, body)))));
            try (Archive second = open()) {
                String line = assertThrows(ArchiveException.class, () -> second.check(0))
                        .getMessage();
                assertTrue(
                        line.startsWith("roomcast.archive.datasource=" + NAME + " cannot be used now: another"), line);
            }
        }
        try (Archive next = open()) {
            assertEquals(Optional.of(new Archive.Numbering("e", 1)), next.numbering(LOBBY));
        }
    }

    @Test
    void nodesOverRedisShareADatabase() {
        names.put(NAME, source(POSTGRES.newUrl()));
        Map<String, String> settings = Map.of("roomcast.archive.datasource", NAME, "roomcast.relay", "redis");
        Duration time = Duration.ofMinutes(1);
        try (Archive first = open(settings).orElseThrow();
                Archive second = open(settings).orElseThrow()) {
            assertEquals(1, first.copies().lease("first", time).nodes());
            assertEquals(2, second.copies().lease("second", time).nodes());
        }
    }

    @Test
    void aDatabaseThatIsAwayFailsNoDeploymentAndIsFoundLater() {
        String url = POSTGRES.newUrl();
        POSTGRES.process().stop();
        names.put(NAME, source(url));
        try (Archive archive = open()) {
            assertThrows(ArchiveException.class, () -> archive.numbering(LOBBY));
            POSTGRES.process().start();
            awaitUse(archive);
        }
    }

    @Test
    void aDataSourceThatTheServerBindsLaterIsFound() {
        try (Archive archive = open()) {
            String line = assertThrows(ArchiveException.class, () -> archive.numbering(LOBBY))
                    .getMessage();
            assertTrue(
                    line.startsWith("roomcast.archive.datasource=" + NAME + " cannot be used now: it is not in JNDI"),
                    line);
            names.put(NAME, source(POSTGRES.newUrl()));
            awaitUse(archive);
        }
    }

    private static void awaitUse(Archive archive) {
        Await.until("the archive can be used", () -> {
            try {
                return archive.numbering(LOBBY).isEmpty();
            } catch (ArchiveException e) {
                return false;
            }
        });
    }

    @Test
    void whatNeverWorksFailsTheDeployment() {
        assertTrue(open(Map.of()).isEmpty());
        names.put(NAME, "no data source");
        assertRefused("is not a data source", Map.of());
        SQLiteDataSource other = new SQLiteDataSource();
        other.setUrl("jdbc:sqlite::memory:");
        names.put(NAME, other);
        assertRefused("its database is SQLite, and must be PostgreSQL", Map.of());
        assertRefused("needs roomcast.relay=local or redis", Map.of("roomcast.relay", "nats"));
    }

    private void assertRefused(String reason, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("roomcast.archive.datasource", NAME);
        String line = assertThrows(ConfigException.class, () -> open(settings)).getMessage();
        assertTrue(line.contains("roomcast.archive.datasource=" + NAME), line);
        assertTrue(line.contains(reason), line);
    }
}
