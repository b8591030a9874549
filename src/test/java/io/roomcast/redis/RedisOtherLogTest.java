package io.roomcast.redis;

import static io.roomcast.support.Stages.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.support.Await;
import io.roomcast.support.RelayRooms;
import io.roomcast.support.redis.HeldLines;
import io.roomcast.support.redis.RedisProcess;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.params.XAddParams;

/**
 * Two servers whose logs were the same and then differ: the node has seen messages on one, and the other has as many or
 * more, in the same epoch, but different ones. A position must not have two messages.
 */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RedisOtherLogTest {
    private static final String LIFE = "roomcast:{!}:life";
    private static final String LOG = "roomcast:{lobby}:log";
    private static final String NUMBERING = "roomcast:{lobby}:numbering";

    private final RoomName room = new RoomName("lobby");
    private RedisProcess old;
    private RedisProcess next;
    private HeldLines lines;
    private Jedis admin;
    private RedisNode bob;

    @BeforeEach
    void start() {
        old = RedisProcess.launch("--repl-diskless-sync-delay", "0");
        next = RedisProcess.launch();
        lines = new HeldLines(old);
        admin = new Jedis("127.0.0.1", next.port());
        bob = new RedisNode(lines.settings());
    }

    @AfterEach
    void stop() {
        bob.close();
        admin.close();
        lines.close();
        next.close();
        old.close();
    }

    private Position say(int first, int last) {
        Position position = null;
        for (int i = first; i <= last; i++) {
            position = bob.publish(room, "m" + i);
        }
        return position;
    }

    /** Both servers have the first five messages, and a mark of the node, which it left before. */
    private void part() {
        admin.replicaof("127.0.0.1", old.port());
        say(1, 5);
        Await.until("it follows", () -> admin.xlen(LOG) == 5);
        admin.replicaofNoOne();
    }

    /** What nodes have left at the old server. */
    private Map<String, String> marks() {
        try (Jedis source = new Jedis("127.0.0.1", old.port())) {
            Map<String, String> life = source.hgetAll(LIFE);
            life.keySet().removeIf(field -> !field.startsWith("n:"));
            return life;
        }
    }

    /** What another node might have had stored by the next server, in the same epoch. */
    private void sayOthers(int first, int last) {
        for (int i = first; i <= last; i++) {
            Map<String, String> message = new LinkedHashMap<>();
            message.put("at", String.valueOf(System.currentTimeMillis()));
            message.put("body", new String(RedisNode.body("x" + i), UTF_8));
            admin.xadd(LOG, message, XAddParams.xAddParams().id(new StreamEntryID(i, 0)));
        }
        admin.hset(NUMBERING, "offset", String.valueOf(last));
    }

    @ParameterizedTest
    @CsvSource({"6, true", "6, false", "9, true", "9, false"})
    void otherMessagesEndTheEpoch(int last, boolean open) {
        part();
        if (open) {
            get(bob.relay.subscribe(room));
        }
        Position before = say(6, 6);
        sayOthers(6, last);
        lines.lead(next);
        old.kill();
        Position after = say(10, 10);

        assertNotEquals(before.epoch(), after.epoch());
        assertEquals(last + 1, after.offset());
        if (open) {
            bob.listener.await("the last", () -> bob.listener.lastBody(room).contains("m10"));
            assertEquals(after.epoch(), bob.listener.resets(room).get(0).epoch());
        }
    }

    /** Two servers took messages at the same time. Each was delivered, and those of the former one are gone. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void clientOfTheFormerServerIsToldOfAGap(boolean proven) {
        part();
        Position known = get(bob.relay.publish(room, null, RedisNode.body("m6", 1_006)));
        sayOthers(6, 9);
        lines.lead(next);
        old.kill();
        say(10, 10);
        bob.awaitProbe(); // Its subscription may have reached the next server later than its publish.
        try (RelayRooms rooms = new RelayRooms(bob.relay)) {
            Position since = new Position(known.epoch(), 6, proven ? 1_006 : 0);
            assertFalse(rooms.join(room, since).recovered());
        }
    }

    @Test
    void theSameMessagesDoNot() {
        part();
        Position before = say(6, 6);
        Map<String, String> message = new LinkedHashMap<>();
        message.put("at", String.valueOf(System.currentTimeMillis()));
        message.put("body", new String(RedisNode.body("m6"), UTF_8));
        admin.xadd(LOG, message, XAddParams.xAddParams().id(new StreamEntryID(6, 0)));
        admin.hset(NUMBERING, "offset", "6");
        sayOthers(7, 8);
        lines.lead(next);
        old.kill();

        assertEquals(new Position(before.epoch(), 9), say(10, 10));
    }

    /** A message that the log has let go of cannot be compared. */
    @Test
    void whereTheMessageIsGoneThePositionCounts() {
        part();
        Position before = say(6, 6);
        sayOthers(6, 8);
        admin.xdel(LOG, new StreamEntryID(6, 0));
        lines.lead(next);
        old.kill();

        assertEquals(new Position(before.epoch(), 9), say(10, 10));
    }

    /**
     * Other nodes have vouched for the next server, and did not wait for this one, whose marks did not come through.
     */
    @Test
    void whereRoomsMayBeUsedAtOnceTheyAreComparedToo() {
        part();
        get(bob.relay.historyAfter(room, 0, 1)); // The connection is there.
        Map<String, String> marks = marks();
        lines.hold("read");
        Await.until("a mark whose answer is held", () -> !marks.equals(marks()));
        Map<String, String> unanswered = marks();
        Position before = say(6, 6);
        sayOthers(6, 6);
        String server = admin.info("server").replaceAll("(?s).*run_id:(\\w+).*", "$1");
        String history = admin.info("replication").replaceAll("(?s).*master_replid:(\\w+).*", "$1");
        admin.hset(LIFE, Map.of("run", server + ":" + history, "history", history));
        admin.hset(LIFE, unanswered);
        lines.lead(next);
        old.kill();
        lines.release();

        assertNotEquals(before.epoch(), say(7, 7).epoch());
    }

    @Test
    void nodeWhoseSubscriptionIsLedElsewhereGoesThereWhole() throws IOException {
        part();
        get(bob.relay.subscribe(room));
        say(6, 6);
        bob.listener.awaitCount(room, 1);
        sayOthers(6, 8);
        lines.lead(next);
        lines.cut("subscribe");
        bob.listener.awaitResets(room, 1);
        Position after = say(10, 10);

        assertEquals(9, after.offset());
        assertEquals(after.epoch(), admin.hget(NUMBERING, "epoch"));
    }
}
