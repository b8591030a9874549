package io.roomcast.jmx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Await;
import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.Handshake;
import io.roomcast.support.RoomClient;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.management.JMX;
import javax.management.MBeanFeatureInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The MXBeans of a node in this JVM. */
class JmxRegistrarTest {
    private static final MBeanServer JVM = ManagementFactory.getPlatformMBeanServer();

    private final EmbeddedServer server = EmbeddedServer.start(Map.of("roomcast.node", "tower"));
    private final NodeMXBean node = bean("Node", NodeMXBean.class);
    private final NodeRoomsMXBean rooms = bean("NodeRooms", NodeRoomsMXBean.class);
    private final RelayMXBean relay = bean("Relay", RelayMXBean.class);
    private final ClusterMXBean cluster = bean("Cluster", ClusterMXBean.class);

    @AfterEach
    void stop() {
        server.close();
        assertEquals(Set.of(), names(), "still registered");
    }

    @Test
    void twoNodesInOneJvmHaveNamesOfTheirOwn() {
        try (EmbeddedServer second = EmbeddedServer.start()) {
            assertEquals(
                    Set.of(
                            "io.roomcast:type=Node",
                            "io.roomcast:type=NodeRooms",
                            "io.roomcast:type=Relay",
                            "io.roomcast:type=Cluster",
                            "io.roomcast:type=Node,port=" + second.port(),
                            "io.roomcast:type=NodeRooms,port=" + second.port(),
                            "io.roomcast:type=Relay,port=" + second.port(),
                            "io.roomcast:type=Cluster,port=" + second.port()),
                    names());
        }
        assertEquals(4, names().size());
        assertEquals("tower", node.getName());
    }

    @Test
    void everythingIsDescribed() throws Exception {
        for (String name : names()) {
            MBeanInfo info = JVM.getMBeanInfo(new ObjectName(name));
            assertDescribed(name, info.getDescription());
            for (MBeanFeatureInfo attribute : info.getAttributes()) {
                assertDescribed(name + " " + attribute.getName(), attribute.getDescription());
            }
            for (MBeanOperationInfo operation : info.getOperations()) {
                assertDescribed(name + " " + operation.getName(), operation.getDescription());
                for (MBeanFeatureInfo parameter : operation.getSignature()) {
                    assertDescribed(operation.getName() + " " + parameter.getName(), parameter.getDescription());
                    assertFalse(parameter.getName().matches("p\\d+|arg\\d+"), parameter.getName());
                }
            }
        }
    }

    private static void assertDescribed(String what, String description) {
        assertTrue(description != null && description.contains(" "), what + ": " + description);
    }

    @Test
    void tellsWhatGoesOn() throws Exception {
        try (RoomClient ann = enter("ann");
                RoomClient ben = enter("ben")) {
            ann.say("{'type':'publish','id':1,'content':'hello'}").next("ack");
            ben.next("message");
            ann.say("{'type':'publish','id':2}").next("error");
            assertEquals(2, node.getSessions());
            assertEquals(1, node.getMessagesStored());
            Await.until("both deliveries are counted", () -> node.getMessagesDelivered() == 2);
            assertTrue(node.getMessagesDeliveredPerSecond() > 0);
            assertEquals(Map.of("bad_request", 1L), node.getRefusals());
            assertEquals(0, node.getSlowConsumersClosed());
            assertEquals("OFF", node.getDrain().getState());
            assertEquals(1, rooms.getCount());
            assertEquals(2, rooms.getMembers());
            assertEquals("lobby", rooms.getLargest().get(0).getName());
            assertEquals("local", relay.getKind());
            assertTrue(relay.isReachable());
            assertTrue(relay.getLastProbeMillis() >= 0);
            assertTrue(relay.getPublishMillis() > 0);
        }
    }

    @Test
    void looksIntoARoom() throws Exception {
        try (RoomClient ann = enter("ann")) {
            for (String content : List.of("one", "two", "three")) {
                ann.say("{'type':'publish','id':1,'content':'" + content + "'}").next("ack");
            }
            RoomView view = rooms.look("lobby", 2);
            assertEquals(1, view.getMembersHere());
            assertEquals(List.of("ann"), view.getUsers());
            assertEquals(3, view.getOffset());
            assertEquals(
                    List.of("two", "three"),
                    view.getMessages().stream().map(RoomMessage::getContent).toList());
            assertEquals("ann", view.getMessages().get(0).getSender());
            String digits = "[" + "9".repeat(1_000) + "]";
            ann.say("{'type':'publish','id':1,'data':" + digits + ",'meta':{'a':'b'}}")
                    .next("ack");
            RoomMessage textless = rooms.look("lobby", 1).getMessages().get(0);
            assertEquals("(a message without text)", textless.getContent());
            assertEquals(digits, textless.getData());
            assertEquals("{\"a\":\"b\"}", textless.getMeta());
            assertTrue(textless.getAt().toInstant().isAfter(Instant.EPOCH));
            assertEquals(4, rooms.look("lobby", 0).getOffset());
            assertTrue(
                    view.getSettings().contains(new RoomSetting("members", "50000", "roomcast.limits.room-users")),
                    view::toString);
            assertEquals(0, rooms.look("nowhere", 10).getOffset());
        }
    }

    @Test
    void closesARoom() throws Exception {
        try (RoomClient ann = enter("ann");
                RoomClient ben = RoomClient.connect(server.uri().resolve("ws?user=ben"))) {
            ben.say("{'type':'join','id':1,'room':'lobby'}").next("joined");
            ben.say("{'type':'join','id':2,'room':'garden'}").next("joined");
            assertEquals(2, rooms.close("lobby"));
            assertEquals(4500, ann.awaitClose(), "the room was in its address");
            assertEquals("lobby", ben.next("left").string("room"));
            assertEquals(
                    "not_joined",
                    ben.say("{'type':'leave','id':3,'room':'lobby'}").error());
            ben.say("{'type':'leave','id':4,'room':'garden'}").next("left");
            assertEquals(0, rooms.look("lobby", 0).getUserCount());
            assertEquals(0, rooms.close("lobby"));
        }
    }

    @Test
    void kicksAUser() throws Exception {
        try (RoomClient ann = enter("ann");
                RoomClient ben = enter("ben")) {
            assertEquals(1, node.kick("ann"));
            assertEquals(4500, ann.awaitClose());
            ben.say("{'type':'ping','id':1}").next("pong");
            assertEquals(0, node.kick("nobody"));
        }
    }

    @Test
    void asksTheWholeCluster() throws Exception {
        try (RoomClient ann = enter("ann");
                RoomClient ben = RoomClient.connect(server.uri().resolve("ws?user=ben"))) {
            String id = ben.say("{'type':'hello'}").next("welcome").string("session");
            ben.say("{'type':'publish','id':1,'room':'lobby','content':'x'}").error();
            SessionList all = cluster.sessions("", "", 10);
            assertEquals(2, all.getCount());
            assertEquals(List.of("tower"), all.getAnswered());
            assertTrue(all.isComplete());
            assertEquals(
                    id, cluster.sessions("ben", "age", 10).getSessions().get(0).getSession());
            assertEquals("ben", cluster.session(id).getSessions().get(0).getUser());
            assertEquals(0, cluster.session("no-such-one").getCount());
            assertEquals(
                    List.of("lobby"), cluster.where("ann").getSessions().get(0).getRooms());
            RefusalList refusals = cluster.refusals("ben", "", 10);
            assertEquals(Map.of("not_joined", 1L), refusals.getCounts());
            assertEquals("lobby", refusals.getLast().get(0).getRoom());
            assertEquals(id, refusals.getLast().get(0).getSession());
            assertEquals(0, cluster.refusals("", "busy", 10).getLast().size());
            NodeList nodes = cluster.nodes();
            assertEquals(2, nodes.getSessions());
            assertEquals("tower", nodes.getNodes().get(0).getName());
            assertEquals("ready", nodes.getNodes().get(0).getState());
            assertEquals(1, nodes.getNodes().get(0).getRooms());
            assertEquals(2, nodes.getNodes().get(0).getUsers());
            assertTrue(nodes.isComplete());
            RoomList roomList = cluster.rooms("", 10);
            assertEquals(1, roomList.getCount());
            assertEquals("lobby", roomList.getRooms().get(0).getName());
            assertEquals(1, roomList.getRooms().get(0).getMembers());
            assertEquals(List.of("tower"), roomList.getAnswered());
            assertEquals(0, cluster.rooms("x", 10).getCount());
            ClusterRoom lobby = cluster.look("lobby");
            assertEquals(1, lobby.getNodes().get(0).getMembers());
            assertEquals(List.of("ann"), lobby.getUsers());
            assertTrue(
                    lobby.getSettings().contains(new RoomSetting("history.size", "10000", "roomcast.history.size")),
                    lobby::toString);
            cluster.setLimit("roomcast.limits.room-users", "7");
            assertTrue(
                    cluster.look("lobby")
                            .getSettings()
                            .contains(new RoomSetting("members", "7", "roomcast.limits.room-users")),
                    "the limit that holds now");
            assertEquals(7L, cluster.limits().get("tower").get("roomcast.limits.room-users"));
            assertEquals(1, cluster.close("lobby").getCount());
            assertEquals(4500, ann.awaitClose());
            assertEquals(1, cluster.disconnect(id).getCount());
            assertEquals(4500, ben.awaitClose());
        }
        try (RoomClient cat = enter("cat")) {
            assertEquals(1, cluster.kick("cat").getCount());
            assertEquals(4500, cat.awaitClose());
        }
    }

    @Test
    void drainsAndRebalances() throws Exception {
        try (RoomClient ann = enter("ann")) {
            assertEquals("REBALANCING", node.rebalance(1, "1h").getState());
            assertEquals(1, node.getDrain().getRemaining());
            assertEquals("OFF", node.undrain().getState());
            assertEquals(30_000, node.drain("").getWindowMillis());
            assertEquals("DRAINING", node.getState());
            assertEquals(503, Handshake.to(server.uri().resolve("ws/lobby/ben")).status(), "for a load balancer");
            node.drain("0");
            assertEquals(4001, ann.awaitClose());
            node.undrain();
            assertEquals("READY", node.getState());
        }
    }

    @Test
    void changesALimit() throws Exception {
        try (RoomClient ann = enter("ann")) {
            node.setLimit("roomcast.limits.user-sessions", "1");
            assertEquals(1L, node.getLimits().get("roomcast.limits.user-sessions"));
            try (RoomClient again = RoomClient.connect(server.uri().resolve("ws/lobby/ann"))) {
                assertEquals(1013, again.awaitClose());
            }
            assertEquals(Map.of("roomcast.limits.user-sessions", 1L), node.getLimitsReached());
            ann.say("{'type':'ping','id':1}").next("pong");
        }
    }

    @Test
    void namesWhatIsWrong() {
        assertWrong(
                "roomcast.limits.sessions=many is not a whole number",
                () -> node.setLimit("roomcast.limits.sessions", "many"));
        assertWrong(
                "roomcast.limits.sesions is no limit that can be changed",
                () -> node.setLimit("roomcast.limits.sesions", "1"));
        assertWrong("roomcast.limits.publish-rate", () -> node.setLimit("roomcast.limits.sesions", "1"));
        assertWrong("window=soon is not a duration", () -> node.drain("soon"));
        assertWrong("share=1.5 is not a number from 0 to 1", () -> node.rebalance(1.5, ""));
        assertWrong("user=a\tb is no id", () -> node.kick("a\tb"));
        assertWrong("room=a/b is no name", () -> rooms.close("a/b"));
        assertWrong("messages=201 is not", () -> rooms.look("lobby", 201));
        assertWrong("limit=0 is not", () -> cluster.sessions("", "id", 0));
        assertWrong("limit=1001 is not", () -> cluster.sessions("", "id", 1001));
        assertWrong("order must be waiting, age or id", () -> cluster.sessions("", "name", 1));
        assertWrong("limit=10001 is not", () -> cluster.rooms("", 10_001));
        assertWrong("limit=501 is not", () -> cluster.refusals("", "", 501));
        assertWrong("user=a\tb is no id", () -> cluster.where("a\tb"));
        assertWrong(
                "roomcast.limits.sessions=many is not a", () -> cluster.setLimit("roomcast.limits.sessions", "many"));
    }

    private static void assertWrong(String expected, Runnable asked) {
        String message =
                assertThrows(IllegalArgumentException.class, asked::run).getMessage();
        assertTrue(message.contains(expected), message);
    }

    private RoomClient enter(String user) {
        RoomClient client = RoomClient.connect(server.uri().resolve("ws/lobby/" + user));
        client.next("joined");
        return client;
    }

    private static Set<String> names() {
        return JVM.queryNames(null, null).stream()
                .map(ObjectName::toString)
                .filter(name -> name.startsWith("io.roomcast:"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static <T> T bean(String type, Class<T> face) {
        try {
            return JMX.newMXBeanProxy(JVM, new ObjectName("io.roomcast:type=" + type), face);
        } catch (javax.management.MalformedObjectNameException e) {
            throw new AssertionError(e);
        }
    }
}
