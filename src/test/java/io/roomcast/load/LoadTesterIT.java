package io.roomcast.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.EmbeddedServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The load tester against a node that is sound, and behind a proxy that is not. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LoadTesterIT {
    @TempDir
    private Path directory;

    private String printed;

    private int run(String uri, String... arguments) throws InterruptedException {
        List<String> all =
                new ArrayList<>(List.of("--uri", uri, "--report", picture().toString()));
        all.addAll(List.of(arguments));
        LoadRun run = LoadRun.with(all.toArray(String[]::new));
        printed = run.printed();
        return run.exit();
    }

    private Path picture() {
        return directory.resolve("picture.html");
    }

    private long number(String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(printed);
        assertTrue(matcher.find(), pattern + " in " + printed);
        return Long.parseLong(matcher.group(1).replace(",", ""));
    }

    @Test
    void aSoundNodeIsFoundSound() throws Exception {
        try (EmbeddedServer node = EmbeddedServer.start()) {
            int exit = run(
                    node.uri().toString(),
                    "--connections=200",
                    "--rooms=20",
                    "--publishers=2",
                    "--rate=200",
                    "--warmup=200ms",
                    "--hold=2s");
            assertEquals(LoadTester.RIGHT, exit, printed);
        }
        assertEquals(200, number("connections +([\\d,]+) of 200"));
        long published = number("published +([\\d,]+)");
        assertTrue(published > 100, printed);
        assertEquals(published, number(" ([\\d,]+) acknowledged"));
        assertEquals(published * 10, number("delivered +([\\d,]+)"), "each to the ten members of its room");
        assertTrue(printed.contains("hold"), "says how it goes");
        assertTrue(printed.contains("sent late    p50 "), "says what of the latency is its own: " + printed);
        assertTrue(number("connect\\+join p50 +\\S+ +p99 +\\S+ +max +(\\d+)") > 0, printed);
        String html = Files.readString(picture());
        assertTrue(html.contains("<svg") && html.contains("Every delivery was right"), html);
        assertFalse(Pattern.compile("(?:src|href)=").matcher(html).find(), "nothing has to be fetched from elsewhere");
        assertTrue(printed.contains("Roomcast ") && printed.contains(" outbound-bytes=1MiB "), printed);
        assertTrue(html.contains("Limits of ") && html.contains("<code>outbound-bytes=1MiB</code>"), html);
        for (String phase : List.of("connect", "warm-up", "hold", "settle")) {
            assertTrue(html.contains("<th scope=row>" + phase + "<td>"), "in the table: " + phase);
            assertTrue(html.contains("<title>" + phase + "</title>"), "in the plots: " + phase);
        }
        // The last cells of a row; a phase that is short may have no reading of its own.
        List<MatchResult> cores = Pattern.compile("(?m)^\\S+ .* (\\S+) +(\\d+\\.\\d+) +0$")
                .matcher(printed)
                .results()
                .toList();
        assertEquals(4, cores.size(), printed);
        assertTrue(cores.stream().anyMatch(row -> row.group(1).matches("\\d+\\.\\d*[1-9]\\d*")), "nodes: " + printed);
        assertTrue(cores.stream().anyMatch(row -> Double.parseDouble(row.group(2)) > 0), "tester: " + printed);
    }

    /** Whatever carries them, each delivery is checked, and each publish answered. */
    @ParameterizedTest
    @ValueSource(strings = {"poll", "events"})
    void membersOverHttpAreCheckedAlike(String transport) throws Exception {
        try (EmbeddedServer node = EmbeddedServer.start()) {
            int exit = run(
                    node.uri().toString(),
                    "--transport=" + transport,
                    "--connections=100",
                    "--rooms=10",
                    "--publishers=2",
                    "--rate=100",
                    "--warmup=200ms",
                    "--hold=2s");
            assertEquals(LoadTester.RIGHT, exit, printed);
        }
        assertEquals(100, number("connections +([\\d,]+) of 100"));
        long acknowledged = number(" ([\\d,]+) acknowledged");
        assertTrue(acknowledged > 50, printed);
        assertEquals(acknowledged * 10, number("delivered +([\\d,]+)"), "each to the ten members of its room");
        assertTrue(printed.contains(" s for a million deliveries"), printed);
    }

    @Test
    void aClosedLoopGoesOnByItself() throws Exception {
        try (EmbeddedServer node = EmbeddedServer.start()) {
            int exit = run(
                    node.uri().toString(),
                    "--connections=40",
                    "--rooms=4",
                    "--closed-loop=4",
                    "--warmup=200ms",
                    "--hold=1s");
            assertEquals(LoadTester.RIGHT, exit, printed);
        }
        assertTrue(number("published +([\\d,]+)") > 4 * 4 * 2, "more than the windows of four publishers: " + printed);
    }

    @Test
    void whatIsRefusedIsShownByItsCode() throws Exception {
        try (EmbeddedServer node = EmbeddedServer.start(Map.of("roomcast.limits.room-publish-rate", "10"))) {
            run(node.uri().toString(), "--connections=10", "--rooms=1", "--rate=200", "--warmup=100ms", "--hold=2s");
        }
        long published = number("published +([\\d,]+)");
        long refused = number("rate_limited=(\\d+)\\}");
        // A machine with much else to do refuses some as busy.
        long busy = printed.contains("{busy=") ? number("\\{busy=(\\d+)") : 0;
        assertEquals(published, refused + busy + number(" ([\\d,]+) acknowledged"), printed);
        String html = Files.readString(picture());
        assertTrue(html.contains(refused + " rate_limited."), html);
        assertTrue(html.contains("<title>rate_limited</title>"), "a line of the plot");
    }

    @ParameterizedTest
    @EnumSource
    void whatAFaultyNodeDoesIsTold(FaultyProxy.Fault fault) throws Exception {
        try (EmbeddedServer node = EmbeddedServer.start();
                FaultyProxy proxy = new FaultyProxy(fault, node.port())) {
            int exit = run(
                    proxy.uri().toString(),
                    "--connections=20",
                    "--rooms=2",
                    "--rate=100",
                    "--warmup=100ms",
                    "--hold=2s");
            assertEquals(LoadTester.WRONG, exit, printed);
        }
        long lost = number("([\\d,]+) lost");
        long repeated = number("([\\d,]+) repeated");
        long late = number("([\\d,]+) out of order");
        long contradicted = number("([\\d,]+) contradicted");
        long expected = switch (fault) {
            case LOSE -> lost;
            case REPEAT -> repeated;
            case SWAP -> late;
            case REPLACE -> contradicted;
        };
        assertTrue(expected >= 10, printed);
        // What is held back behind the last message of all never comes.
        long besides = lost + repeated + late + contradicted - expected - (fault == FaultyProxy.Fault.SWAP ? lost : 0);
        assertEquals(0, besides, printed);
        assertTrue(Files.readString(picture()).contains("Something was wrong"));
    }

    @Test
    void aSearchFindsTheLimit() throws Exception {
        try (EmbeddedServer node = EmbeddedServer.start(Map.of("roomcast.limits.sessions", "150"))) {
            int exit = run(
                    node.uri().toString(),
                    "--search",
                    "--connections=400",
                    "--rooms=10",
                    "--rate=50",
                    "--warmup=100ms",
                    "--hold=500ms",
                    "--slo-p99=20s");
            assertEquals(LoadTester.RIGHT, exit, printed);
        }
        long held = number("held +([\\d,]+)");
        assertTrue(held > 135 && held <= 150, printed);
        assertTrue(printed.contains("503"), "says what ended it: " + printed);
    }

    @Test
    void whatNobodyMeetsEndsASearchWithNothing() throws Exception {
        try (EmbeddedServer node = EmbeddedServer.start()) {
            int exit = run(
                    node.uri().toString(),
                    "--search",
                    "--connections=20",
                    "--rooms=10",
                    "--rate=50",
                    "--warmup=100ms",
                    "--hold=300ms",
                    "--slo-p99=0ms");
            assertNotEquals(LoadTester.RIGHT, exit, printed);
        }
        assertEquals(0, number("held +([\\d,]+)"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--connections=0        | --connections 0: expected 1 to",
                "--connections=many     | Invalid value for option '--connections'",
                "--rooms=2000           | --rooms 2000: expected 1 to 1000",
                "--hold=10              | '10' is no time such as 500ms, 30s or 5m",
                "--size=1               | --size 1: expected 64 to 16384",
                "--pid=999999999        | --pid 999999999: there is no such process",
                "--uri=wss://127.0.0.1:1 | does not answer",
                "--uri=ftp://host/      | expected ws://host:port/ or wss://host:port/",
                "--uri=ws://127.0.0.1:1 | does not answer",
                "--nonsense             | Unknown option: '--nonsense'"
            })
    void wrongArgumentsAreNamed(String argument, String said) throws Exception {
        LoadRun run = LoadRun.with(argument);
        assertEquals(LoadTester.NOT_RUN, run.exit());
        assertTrue(run.printed().contains(said), run.printed());
    }
}
