package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.Position;
import io.roomcast.support.Await;
import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.Http;
import io.roomcast.support.ScrapedMetrics;
import io.roomcast.support.postgres.PostgresProcess;
import io.roomcast.support.postgres.TestPostgres;
import io.roomcast.support.redis.TestRedis;
import io.roomcast.support.workload.Event;
import io.roomcast.support.workload.Workload;
import java.net.URI;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The database of two nodes over Redis fails in all ways that an operator may meet, and then Redis loses everything. The
 * workload whose history is checked goes on meanwhile. At the end, the archive has what was acknowledged, once.
 */
@Tag("embedded")
class ArchiveOutageIT {
    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    @RegisterExtension
    static final TestRedis REDIS = new TestRedis();

    private static final int WINDOW = 10_000;
    private static final long PATIENCE_SECONDS = 60;
    private static final String SCHEMA = "test1";
    private static final String STORED = "SELECT n.room || ' ' || n.epoch || ' ' || m.msg_offset || ' '"
            + " || (convert_from(m.body, 'UTF8')::json ->> 'idempotencyKey')"
            + " FROM test1.message m JOIN test1.numbering n ON n.id = m.numbering";

    private EmbeddedServer one;
    private EmbeddedServer two;

    @BeforeEach
    void start() {
        String url = POSTGRES.newUrl();
        one = node("one", url);
        two = node("two", url);
        awaitReady();
    }

    private static EmbeddedServer node(String name, String url) {
        return EmbeddedServer.overRedis(name, REDIS.uri(), PostgresProcess.settings(url, "roomcast.archive.lag", "1s"));
    }

    @AfterEach
    void stop() {
        two.close();
        one.close();
    }

    private static Function<String, URI> address(EmbeddedServer node) {
        return user -> URI.create(node.uri().toString().replace("http", "ws") + "ws?user=" + user);
    }

    private static PostgresProcess postgres() {
        return POSTGRES.process();
    }

    private void awaitReady() {
        Await.until("nodes that are ready", PATIENCE_SECONDS, () -> one.isReady() && two.isReady());
    }

    /** Publishing goes on, and operators are told; then all is archived. */
    private void during(Workload workload, Runnable begin, Runnable end) {
        begin.run();
        try {
            workload.awaitAcks(200, PATIENCE_SECONDS);
            Await.until(
                    "a node that is behind is not ready",
                    PATIENCE_SECONDS,
                    () -> Stream.of(one, two)
                            .map(node -> new Http(node.uri(), null).send("GET", "/health/ready", null))
                            .anyMatch(answer ->
                                    answer.statusCode() == 503 && answer.body().contains("\"archive\"")));
            assertTrue(Stream.of(one, two)
                    .anyMatch(node -> ScrapedMetrics.of(node.uri()).series().get("roomcast_archive_lag_seconds") > 0));
            workload.awaitAcks(200, PATIENCE_SECONDS);
        } finally {
            end.run();
        }
        awaitReady();
    }

    private static void onEachInsert(String statement) {
        postgres()
                .run("CREATE FUNCTION " + SCHEMA + ".fault() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " + statement
                        + "; RETURN NULL; END $$");
        postgres()
                .run("CREATE TRIGGER fault BEFORE INSERT ON " + SCHEMA + ".message FOR EACH STATEMENT EXECUTE FUNCTION "
                        + SCHEMA + ".fault()");
    }

    private static void asUsual() {
        postgres().run("DROP FUNCTION " + SCHEMA + ".fault() CASCADE");
    }

    private static void setReadOnly(String value) {
        postgres().run("ALTER SYSTEM SET default_transaction_read_only = " + value);
        postgres().run("SELECT pg_reload_conf()");
    }

    @Test
    void whateverHappensToTheDatabaseAllThatWasAcknowledgedIsArchivedOnce() {
        Map<String, Long> archived = new HashMap<>();
        try (Workload workload = new Workload(List.of(address(one), address(two)), 4, 3, 5, 200, 46)) {
            workload.awaitAcks(200, PATIENCE_SECONDS);
            during(workload, () -> onEachInsert("RAISE EXCEPTION USING ERRCODE = '53100'"), ArchiveOutageIT::asUsual);
            during(workload, () -> setReadOnly("on"), () -> setReadOnly("off"));
            during(workload, () -> onEachInsert("PERFORM pg_sleep(1)"), ArchiveOutageIT::asUsual);
            during(workload, postgres()::standStill, postgres()::goOn);
            during(workload, postgres()::stop, postgres()::start);

            postgres()
                    .texts("SELECT n.room || ' ' || n.epoch || ' ' || max(m.msg_offset) FROM test1.message m"
                            + " JOIN test1.numbering n ON n.id = m.numbering GROUP BY n.room, n.epoch")
                    .forEach(line -> {
                        String[] parts = line.split(" ", -1);
                        archived.put(parts[0] + " " + parts[1], Long.valueOf(parts[2]));
                    });
            REDIS.admin().flushAll();
            workload.awaitAcks(400, PATIENCE_SECONDS);
            workload.quiesce(WINDOW, PATIENCE_SECONDS);
            assertEquals(List.of(), workload.violations(WINDOW));
            awaitArchived(workload.log().events(), archived);
        }
        assertEquals(0, postgres().count("SELECT count(*) FROM test1.hole"), "the window was large enough");
    }

    /** @param before how far each numbering was archived when Redis lost everything: only what came later may be lost */
    private static void awaitArchived(List<Event> events, Map<String, Long> before) {
        Set<String> acknowledged = events.stream()
                .filter(Event.Acked.class::isInstance)
                .map(Event.Acked.class::cast)
                .filter(ack -> !isLost(ack, before))
                .map(ack -> ack.room() + " " + ack.position().epoch() + " "
                        + ack.position().offset() + " " + ack.key())
                .collect(Collectors.toSet());
        Await.until(
                () -> "the archive of " + missing(acknowledged).size() + " acknowledged messages",
                PATIENCE_SECONDS,
                () -> missing(acknowledged).isEmpty());
        List<String> stored = postgres().texts(STORED);
        Set<String> keys = new HashSet<>();
        List<String> twice = stored.stream()
                .map(line -> line.replaceFirst("^(\\S+ \\S+) \\d+ (.*)$", "$1 $2"))
                .filter(key -> !keys.add(key))
                .toList();
        assertEquals(List.of(), twice, "of each epoch, a key is stored once");
    }

    private static boolean isLost(Event.Acked ack, Map<String, Long> before) {
        Position position = ack.position();
        Long archived = before.get(ack.room() + " " + position.epoch());
        return archived != null && position.offset() > archived;
    }

    private static Set<String> missing(Set<String> acknowledged) {
        Set<String> missing = new HashSet<>(acknowledged);
        postgres().texts(STORED).forEach(missing::remove);
        return missing;
    }
}
