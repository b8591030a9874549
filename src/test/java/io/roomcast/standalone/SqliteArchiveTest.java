package io.roomcast.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.RoomcastConfig;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.Archive;
import io.roomcast.relay.ArchiveContractTest;
import io.roomcast.relay.ArchiveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The archive of the embedded server, and what keeps it from starting. */
class SqliteArchiveTest extends ArchiveContractTest {
    @TempDir
    private Path parent;

    private Path directory() {
        return parent.resolve("data");
    }

    private static Optional<Archive> open(Map<String, String> settings, int maxPages) {
        return EmbeddedArchive.open(
                RoomcastConfig.load(key -> Optional.ofNullable(settings.get(key)), settings.keySet()), maxPages);
    }

    private static Archive open(Path directory) {
        return open(Map.of("roomcast.data", directory.toString()), EmbeddedArchive.NO_LIMIT)
                .orElseThrow();
    }

    @Override
    protected Archive open() {
        return open(directory());
    }

    private static void assertRefused(Path directory, String reason) {
        String line = assertThrows(StartException.class, () -> open(directory)).getMessage();
        assertTrue(line.startsWith("roomcast.data=" + directory + " cannot be used: "), line);
        assertTrue(line.contains(reason), line);
        assertTrue(line.contains("--data=none"), line);
        assertFalse(line.contains("\n"), line);
    }

    @Test
    void thereIsNoneWhereItIsTurnedOffOrTheRelayIsNoLocalOne() {
        assertTrue(open(Map.of("roomcast.data", "none"), 0).isEmpty());
        Path unused = parent.resolve("unused");
        assertTrue(open(Map.of("roomcast.data", unused.toString(), "roomcast.relay", "redis"), 0)
                .isEmpty());
        assertFalse(Files.exists(unused));
    }

    @Test
    void aSecondNodeInTheSameDirectoryIsToldSo() {
        assertRefused(directory(), "another node uses it");
        archive.close();
        open(directory()).close();
        archive = open();
    }

    @Test
    void whatAKilledNodeHasUnpackedIsDeletedAndNothingElse() throws IOException {
        archive.close();
        String unpacked = "sqlite-3.50.3.0-4de41a3e-5a63-4e0c-9f39-0ac8a1ae2b53-";
        Path linux = Files.createFile(directory().resolve(unpacked + "libsqlitejdbc.so"));
        Path lock = Files.createFile(directory().resolve(unpacked + "libsqlitejdbc.so.lck"));
        Path windows = Files.createFile(directory().resolve(unpacked + "sqlitejdbc.dll"));
        Path backup = Files.createFile(directory().resolve("sqlite-2026-11-30.db"));
        Path tools = Files.createDirectory(directory().resolve("sqlite-tools"));
        archive = open();
        assertFalse(Files.exists(linux) || Files.exists(lock) || Files.exists(windows));
        assertTrue(Files.exists(backup) && Files.exists(tools));
    }

    @Test
    void aDirectoryThatCannotBeMadeIsOneLine() throws IOException {
        Path file = Files.createFile(parent.resolve("file"));
        assertRefused(file, "");
        assertRefused(file.resolve("data"), "");
    }

    @Test
    void aFileThatIsNoDatabaseIsOneLine() throws IOException {
        Path other = Files.createDirectory(parent.resolve("other"));
        Files.writeString(other.resolve("roomcast.db"), "something else ".repeat(1_000));
        assertRefused(other, "roomcast.db: ");
        assertEquals(
                "something else ".repeat(1_000), Files.readString(other.resolve("roomcast.db")), "and is left alone");
    }

    @Test
    void tablesOfANewerVersionAreLeftAlone() throws SQLException {
        archive.close();
        try (Connection connection =
                        DriverManager.getConnection("jdbc:sqlite:" + directory().resolve("roomcast.db"));
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO schema_version (version) VALUES (99)");
        }
        assertRefused(directory(), "its tables have version 99");
    }

    @Test
    void aFullDatabaseRefusesAndLosesNothing() {
        try (Archive small = open(
                        Map.of("roomcast.data", parent.resolve("small").toString()), 64)
                .orElseThrow()) {
            long stored = 0;
            ArchiveException full = null;
            while (full == null) {
                try {
                    small.append(List.of(run(room, "e1", stored + 1, stored + 100)));
                    stored += 100;
                } catch (ArchiveException e) {
                    full = e;
                }
            }
            assertFalse(full.isDamaged());
            assertTrue(stored > 0);
            assertThrows(
                    ArchiveException.class,
                    () -> small.append(List.of(run(new RoomName("another"), "e1", 1, 10_000))),
                    "and goes on refusing");
            assertEquals(stored, small.numbering(room).orElseThrow().offset());
            small.check(0);
            assertThrows(ArchiveException.class, () -> small.check(1 << 20));
        }
    }

    /** SQLite goes on as if nothing had happened. */
    @ParameterizedTest
    @ValueSource(strings = {"roomcast.db", "roomcast.db-wal"})
    void aFileThatIsDeletedMeanwhileTakesNothingMore(String name) throws IOException {
        archive.check(0);
        Path file = directory().resolve(name);
        Path away = parent.resolve("away");
        Files.move(file, away);
        String reason =
                assertThrows(ArchiveException.class, () -> archive.check(0)).getMessage();
        assertTrue(reason.contains("roomcast.db"), reason);
        Files.createFile(file);
        if (name.equals("roomcast.db")) {
            assertThrows(ArchiveException.class, () -> archive.check(0), "another file of that name");
        }
        Files.move(away, file, StandardCopyOption.REPLACE_EXISTING);
        archive.check(0);
    }

    @Test
    void theUsualPlaceIsThatOfTheSystem() {
        Path home = Path.of("/home/ann").toAbsolutePath();
        assertEquals(home.resolve(".local/share/roomcast"), DataDirectory.usual("Linux", home, name -> null));
        assertEquals(
                Path.of("/data/roomcast"),
                DataDirectory.usual("Linux", home, name -> name.equals("XDG_DATA_HOME") ? "/data" : null));
        assertEquals(home.resolve(".local/share/roomcast"), DataDirectory.usual("Linux", home, name -> "relative"));
        assertEquals(
                home.resolve("Library/Application Support/Roomcast"),
                DataDirectory.usual("Mac OS X", home, name -> null));
        assertEquals(home.resolve("AppData/Local/Roomcast"), DataDirectory.usual("Windows 11", home, name -> null));
        assertEquals(
                Path.of("/local/Roomcast"),
                DataDirectory.usual("Windows 11", home, name -> name.equals("LOCALAPPDATA") ? "/local" : null));
    }
}
