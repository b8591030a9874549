package io.roomcast.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExpositionTest {
    private static final URI NODE = URI.create("ws://127.0.0.1:8080/ws");

    @Test
    void readsNamesLabelsAndValues() {
        Exposition figures = Exposition.of("""
                # HELP process_cpu_seconds_total CPU
                # TYPE process_cpu_seconds_total counter
                process_cpu_seconds_total 2.59
                memory{area="heap",id="a} b, \\"c\\""} 1.5E7
                odd +Inf
                """);
        assertEquals(2.59, figures.value("process_cpu_seconds_total").orElseThrow());
        Exposition.Series memory = figures.named("memory").get(0);
        assertEquals(1.5e7, memory.value());
        assertEquals("heap", memory.labels().get("area"));
        assertEquals("a} b, \"c\"", memory.labels().get("id"));
        assertTrue(figures.value("process_cpu_seconds").isEmpty());
    }

    @Test
    void aNodeSaysWhatItIsAndWhatItTakes() {
        NodeInfo node = NodeInfo.of(NODE, Exposition.of("""
                roomcast_build_info{java="17.0.15",server="WildFly 39",version="1.0.0"} 1
                roomcast_limit{limit="outbound-bytes"} 1048576.0
                roomcast_limit{limit="node-lag-bytes"} 3.93216E7
                roomcast_limit{limit="publish-rate"} 0.0
                roomcast_limit{limit="outbound-age"} 10.0
                roomcast_limit{limit="lag"} 0.25
                roomcast_limit{limit="sessions"} 19500.0
                """));
        assertEquals("Roomcast 1.0.0 on WildFly 39, Java 17.0.15", node.build());
        assertEquals(
                List.of(
                        "lag=0.25s",
                        "node-lag-bytes=38400KiB",
                        "outbound-age=10s",
                        "outbound-bytes=1MiB",
                        "publish-rate=none",
                        "sessions=19500"),
                node.limitWords());
    }

    @Test
    void nodesThatStartedInTheSameMillisecondAreTwo() {
        String node = """
                process_start_time_seconds 1.796101500803E9
                roomcast_build_info{server="the embedded server at 127.0.0.1:8080",version="1.0.0"} 1
                """;
        String process = ServerView.process(NODE, Exposition.of(node));
        assertEquals(process, ServerView.process(URI.create("ws://localhost:8080/ws"), Exposition.of(node)));
        assertNotEquals(process, ServerView.process(NODE, Exposition.of(node.replace(":8080", ":8081"))));
    }

    @Test
    void anOlderNodeHasNoVersion() {
        NodeInfo node = NodeInfo.of(NODE, Exposition.of("roomcast_sessions 1\n"));
        assertEquals("does not say its version", node.build());
        assertEquals(List.of(), node.limitWords());
    }
}
