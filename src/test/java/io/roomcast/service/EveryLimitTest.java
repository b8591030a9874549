package io.roomcast.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.Key;
import io.roomcast.config.LimitKeys;
import io.roomcast.identity.Identity;
import io.roomcast.identity.RoomPermissions;
import io.roomcast.local.LocalPresence;
import io.roomcast.metrics.Counter;
import io.roomcast.metrics.Latency;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Author;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.PresenceStore;
import io.roomcast.service.admission.UnfinishedMessages;
import io.roomcast.support.ManualTransport;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A client that exceeds a limit gets a code or must wait, and the node counts the event. */
class EveryLimitTest {
    private static final Pattern CODE = Pattern.compile("\"code\":\"(\\w+)\"");
    private static final Pattern EPOCH = Pattern.compile("\"epoch\":\"([^\"]+)\"");
    private static final String LARGE = "x".repeat(15_000);

    /**
     * A limit, and how one comes up against it.
     *
     * @param others settings that keep other limits out of the way
     * @param reached comes up against it, and returns what the client was told
     */
    record Row(
            Key<?> limit,
            String value,
            Map<String, String> others,
            String told,
            ToLongFunction<NodeMetrics> counted,
            Function<CoreFixture, String> reached) {
        @Override
        public String toString() {
            return limit.name();
        }
    }

    static Stream<Row> rows() {
        return Stream.of(
                row(LimitKeys.SESSIONS, "1", "busy", core -> second(core, "ann", "bob")),
                row(LimitKeys.USER_SESSIONS, "1", "busy", core -> second(core, "ann", "ann")),
                row(LimitKeys.ADDRESS_SESSIONS, "1", "busy", core -> second(core, "ann", "bob")),
                row(
                        LimitKeys.ROOMS,
                        "1",
                        "too_many_rooms",
                        core -> sends(core, 1, "{\"type\":\"join\",\"room\":\"another\"}")),
                row(
                        LimitKeys.NODE_ROOMS,
                        "1",
                        "busy",
                        core -> sends(core, 1, "{\"type\":\"join\",\"room\":\"another\"}")),
                row(LimitKeys.NODE_MEMBERS, "1", "busy", core -> {
                    core.enter("ann");
                    return code(core.enter("bob"));
                }),
                row(LimitKeys.ROOM_USERS, "1", "room_full", core -> {
                    core.enter("ann");
                    return code(core.enter("bob"));
                }),
                row(LimitKeys.PUBLISH_RATE, "1", "rate_limited", core -> publishes(core, 10, "x")),
                row(LimitKeys.ROOM_PUBLISH_RATE, "1", "rate_limited", core -> publishes(core, 10, "x")),
                row(LimitKeys.REQUEST_RATE, "1", "rate_limited", core -> sends(core, 10, "{\"type\":\"ping\"}")),
                row(
                        LimitKeys.REFRESH_RATE,
                        "1",
                        "rate_limited",
                        core -> sixth(core, "{\"type\":\"refresh\",\"token\":\"x\"}")),
                row(
                        LimitKeys.REMOVE_RATE,
                        "1",
                        "rate_limited",
                        core -> sixth(core, "{\"type\":\"remove\",\"user\":\"bob\"}")),
                row(
                        LimitKeys.SEARCH_RATE,
                        "1",
                        "rate_limited",
                        core -> sixth(core, "{\"type\":\"search\",\"text\":\"x\"}")),
                row(LimitKeys.BAD_FRAME_RATE, "1", "4502", core -> {
                    CoreFixture.Client ann = core.connect("ann");
                    return closedAfter(ann, "x", 6);
                }),
                new Row(
                        LimitKeys.REFUSED_RATE,
                        "1",
                        Map.of(LimitKeys.REQUEST_RATE.name(), "1"),
                        "4502",
                        counted(LimitKeys.REFUSED_RATE),
                        core -> {
                            CoreFixture.Client ann = core.connect("ann");
                            return closedAfter(ann, "{\"type\":\"ping\"}", 11);
                        }),
                row(LimitKeys.IN_FLIGHT, "1", "busy", core -> sends(core, 2, "{\"type\":\"members\"}")),
                row(LimitKeys.NODE_IN_FLIGHT, "1", "busy", core -> sends(core, 2, "{\"type\":\"members\"}")),
                new Row(
                        LimitKeys.NODE_IN_FLIGHT_BYTES,
                        "1MiB",
                        Map.of(LimitKeys.LAG_BYTES.name(), "0", LimitKeys.LAG.name(), "0"),
                        "busy",
                        counted(LimitKeys.NODE_IN_FLIGHT_BYTES),
                        core -> behindARequest(core, 100)),
                row(LimitKeys.FRAME_BYTES, "1KiB", "1009", core -> {
                    CoreFixture.Client ann = core.enter("ann");
                    core.service.closeTooLarge(ann.session);
                    return String.valueOf(ann.transport.closeCode().number());
                }),
                row(LimitKeys.CONTENT_BYTES, "1KiB", "too_large", core -> publishes(core, 1, LARGE)),
                row(
                        LimitKeys.META_ENTRIES,
                        "1",
                        "too_large",
                        core -> sends(core, 1, "{\"data\":1,\"meta\":{\"a\":\"1\",\"b\":\"2\"}}")),
                row(
                        LimitKeys.BATCH,
                        "1",
                        "too_large",
                        core -> sends(core, 1, "{\"messages\":[{\"content\":\"x\"},{\"content\":\"y\"}]}")),
                row(
                        LimitKeys.META_BYTES,
                        "3B",
                        "too_large",
                        core -> sends(core, 1, "{\"data\":1,\"meta\":{\"a\":\"123\"}}")),
                row(LimitKeys.INFO_BYTES, "8B", "no info", core -> {
                    CoreFixture.Client ann = core.enter("ann");
                    User user = new User(new UserId("ann"), "Ann", "{\"a\":12}");
                    assertTrue(core.sessions.identify(
                            ann.session,
                            Identity.proven(user.id(), RoomPermissions.OPEN).shownAs(user)));
                    assertEquals(user, ann.session.identity().user(), "as large as it may be");
                    User larger = new User(user.id(), "Ann", "{\"a\":\"\u00e4\"}");
                    assertTrue(core.sessions.identify(
                            ann.session,
                            Identity.proven(user.id(), RoomPermissions.OPEN).shownAs(larger)));
                    assertEquals("Ann", ann.session.identity().user().name());
                    return ann.session.identity().user().info() == null ? "no info" : "an info";
                }),
                row(LimitKeys.NODE_INBOUND_BYTES, "1MiB", "1013", core -> {
                    CoreFixture.Client ann = core.enter("ann");
                    assertTrue(core.unfinishedMessages.begin(ann.session).add(500_000));
                    CoreFixture.Client bob = core.enter("bob");
                    assertFalse(core.unfinishedMessages.begin(bob.session).add(600_000));
                    return String.valueOf(bob.transport.closeCode().number());
                }),
                row(LimitKeys.MESSAGE_AGE, "2s", "4005", core -> {
                    CoreFixture.Client ann = core.enter("ann");
                    UnfinishedMessages messages = core.unfinishedMessages;
                    assertTrue(messages.begin(ann.session).add(1));
                    messages.checkAges();
                    messages.checkAges();
                    assertNull(ann.transport.closeCode());
                    messages.checkAges();
                    return String.valueOf(ann.transport.closeCode().number());
                }),
                row(LimitKeys.LAG_BYTES, "64KiB", "busy", core -> publishes(core, 100, LARGE)),
                new Row(
                        LimitKeys.NODE_LAG_BYTES,
                        "1MiB",
                        Map.of(LimitKeys.LAG_BYTES.name(), "0", LimitKeys.LAG.name(), "0"),
                        "busy",
                        counted(LimitKeys.NODE_LAG_BYTES),
                        core -> publishes(core, 100, LARGE)),
                row(LimitKeys.LAG, "1ms", "busy", core -> {
                    CoreFixture.Client ann = core.enter("ann");
                    ann.news();
                    ann.send("{\"content\":\"waits for its lane\"}");
                    core.timer.advance(2); // Without the lane.
                    ann.send("{\"content\":\"x\"}");
                    return code(ann);
                }),
                new Row(
                        LimitKeys.OUTBOUND_BYTES,
                        "256KiB",
                        Map.of(),
                        "behind",
                        metrics -> metrics.get(Counter.QUEUE_MESSAGES_FORGOTTEN),
                        core -> readsNothing(core, 40)),
                new Row(
                        LimitKeys.NODE_OUTBOUND_BYTES,
                        "1MiB",
                        Map.of(LimitKeys.OUTBOUND_BYTES.name(), "0"),
                        "behind",
                        metrics -> metrics.get(Counter.QUEUE_MESSAGES_FORGOTTEN),
                        core -> readsNothing(core, 100)),
                new Row(
                        LimitKeys.RECOVERY_RATE,
                        "64KiB",
                        Map.of(LimitKeys.OUTBOUND_BYTES.name(), "0"),
                        "a part, and the rest later",
                        metrics -> Arrays.stream(
                                        metrics.histogram(Latency.REPLAY_WAIT).counts())
                                .sum(),
                        core -> comesBack(core, 20)),
                new Row(
                        LimitKeys.OUTBOUND_AGE,
                        "1ms",
                        Map.of(),
                        "4000",
                        metrics -> metrics.get(Counter.QUEUE_CLOSED_STUCK),
                        core -> {
                            CoreFixture.Client slow = core.enter("slow", new ManualTransport());
                            core.advance(0);
                            core.timer.advance(2);
                            slow.session.queue().closeIfStuck();
                            return String.valueOf(slow.transport.closeCode().number());
                        }));
    }

    private static Row row(Key<?> limit, String value, String told, Function<CoreFixture, String> reached) {
        return new Row(limit, value, Map.of(), told, counted(limit), reached);
    }

    private static ToLongFunction<NodeMetrics> counted(Key<?> limit) {
        return metrics -> metrics.limits().getOrDefault(limit.name(), 0L);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void isToldAndCounted(Row row) {
        Map<String, String> settings = settings(row);
        settings.put(row.limit().name(), row.value());
        check(row, new CoreFixture(settings, forgetful()));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void holdsWhenItIsSetWhileTheNodeRuns(Row row) {
        CoreFixture core = new CoreFixture(settings(row), forgetful());
        core.limits.set(row.limit().name(), row.value(), Author.console(null));
        check(row, core);
    }

    /** Nobody is told names, so who is there is asked of the store. */
    private static Map<String, String> settings(Row row) {
        Map<String, String> settings = new HashMap<>(row.others());
        settings.put("roomcast.presence.names", "0");
        return settings;
    }

    private static void check(Row row, CoreFixture core) {
        assertEquals(row.told(), row.reached().apply(core));
        assertTrue(row.counted().applyAsLong(core.metrics) > 0, "it is counted");
        assertTrue(
                !row.told().matches("[a-z_]+")
                        || row.told().equals("behind")
                        || core.metrics.refusals().get(row.told()) > 0,
                "and so is the answer");
    }

    @Test
    void noneIsLeftOut() {
        Set<String> all = Stream.of(LimitKeys.NUMBERS, LimitKeys.SIZES, LimitKeys.DURATIONS)
                .flatMap(List::stream)
                .map(Key::name)
                .collect(Collectors.toSet());
        assertEquals(all, rows().map(row -> row.limit().name()).collect(Collectors.toSet()));
    }

    /** Both from one address. */
    private static String second(CoreFixture core, String first, String second) {
        core.connect(first);
        return assertThrows(ProtocolException.class, () -> core.connect(second))
                .code()
                .wire();
    }

    private static String publishes(CoreFixture core, int messages, String content) {
        return sends(core, messages, "{\"content\":\"" + content + "\"}");
    }

    /** The first refusal of the frame. */
    private static String sends(CoreFixture core, int times, String frame) {
        CoreFixture.Client ann = core.enter("ann");
        ann.news();
        for (int i = 0; i < times; i++) {
            ann.send(frame);
        }
        return code(ann);
    }

    /** What the frame is refused for after five, which are refused for something else. */
    private static String sixth(CoreFixture core, String frame) {
        CoreFixture.Client ann = core.enter("ann");
        for (int i = 0; i < 5; i++) {
            ann.send(frame);
        }
        ann.news();
        ann.send(frame);
        return code(ann);
    }

    private static String closedAfter(CoreFixture.Client client, String line, int times) {
        for (int i = 0; i < times; i++) {
            assertNull(client.transport.closeCode());
            client.send(line);
        }
        return String.valueOf(client.transport.closeCode().number());
    }

    private static String behindARequest(CoreFixture core, int messages) {
        CoreFixture.Client ann = core.enter("ann");
        ann.news();
        ann.send("{\"type\":\"members\"}");
        for (int i = 0; i < messages; i++) {
            ann.send("{\"content\":\"" + LARGE + "\"}");
        }
        return code(ann);
    }

    private static String readsNothing(CoreFixture core, int messages) {
        CoreFixture.Client slow = core.enter("slow", new ManualTransport());
        CoreFixture.Client ann = core.enter("ann");
        for (int i = 0; i < messages; i++) {
            ann.send("{\"content\":\"" + LARGE + "\"}");
            ann.news();
        }
        slow.transport.completeAll();
        return slow.news().contains("\"type\":\"behind\"") ? "behind" : "nothing";
    }

    private static String comesBack(CoreFixture core, int messages) {
        CoreFixture.Client ann = core.enter("ann");
        Matcher epoch = EPOCH.matcher(ann.news());
        assertTrue(epoch.find());
        for (int i = 0; i < messages; i++) {
            ann.send("{\"content\":\"" + LARGE + "\"}");
        }
        ann.news();
        ann.send("{\"type\":\"join\",\"since\":{\"epoch\":\"" + epoch.group(1) + "\",\"offset\":0}}");
        long first = received(ann);
        long later = 0;
        for (int i = 0; i < 1_000; i++) {
            core.advance(5);
            later += received(ann);
        }
        return first > 0 && later > 0 && first + later == messages
                ? "a part, and the rest later"
                : first + ", " + later;
    }

    private static long received(CoreFixture.Client client) {
        return client.news().lines().filter(line -> line.contains(LARGE)).count();
    }

    private static String code(CoreFixture.Client client) {
        Matcher code = CODE.matcher(client.news());
        return code.find() ? code.group(1) : "nothing";
    }

    /** A store that never answers who is there. */
    private static PresenceStore forgetful() {
        LocalPresence presence = new LocalPresence();
        return (PresenceStore) Proxy.newProxyInstance(
                EveryLimitTest.class.getClassLoader(),
                new Class<?>[] {PresenceStore.class},
                (proxy, method, arguments) -> method.getName().equals("roster")
                        ? new CompletableFuture<>()
                        : method.invoke(presence, arguments));
    }
}
