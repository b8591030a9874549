package io.roomcast.load;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What is to be done to whom. */
@Command(
        name = "load",
        sortOptions = false,
        description = "Opens connections to Roomcast nodes, publishes, checks every delivery and writes a report.")
final class LoadOptions {
    @Option(
            names = "--uri",
            split = ",",
            paramLabel = "URI",
            defaultValue = "ws://127.0.0.1:8080/",
            description = "Nodes, with commas between; connections are spread over them. Default: ${DEFAULT-VALUE}")
    List<String> uris = List.of();

    /** How members reach a node; named as on the command line. */
    enum Transport {
        websocket,
        events,
        poll
    }

    @Option(
            names = "--transport",
            paramLabel = "NAME",
            defaultValue = "websocket",
            description = "How: websocket, or over plain HTTP: events (a stream) or poll. Default: ${DEFAULT-VALUE}")
    Transport transport = Transport.websocket;

    @Option(names = "--connections", paramLabel = "N", defaultValue = "1000", description = "Default: ${DEFAULT-VALUE}")
    int connections;

    @Option(
            names = "--rooms",
            paramLabel = "N",
            defaultValue = "100",
            description = "Rooms that they are spread over. Default: ${DEFAULT-VALUE}")
    int rooms;

    @Option(
            names = "--publishers",
            paramLabel = "N",
            defaultValue = "1",
            description = "Members of each room that publish. Default: ${DEFAULT-VALUE}")
    int publishers;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "100",
            description =
                    "Messages a second of all publishers together; 0 for none: idle connections. Default: ${DEFAULT-VALUE}")
    double rate;

    @Option(
            names = "--closed-loop",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Instead of a rate: each publisher keeps so many messages in flight, and sends the next when one has come back.")
    int window;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            defaultValue = "100",
            description = "Of a message's content, 64 to 16384. Default: ${DEFAULT-VALUE}")
    int size;

    @Option(
            names = "--ramp",
            paramLabel = "N",
            defaultValue = "500",
            description = "Connections opened a second. Default: ${DEFAULT-VALUE}")
    int ramp;

    @Option(
            names = "--warmup",
            paramLabel = "TIME",
            defaultValue = "2s",
            converter = Time.class,
            description =
                    "Published before figures are taken; deliveries are checked all the same. Default: ${DEFAULT-VALUE}")
    Duration warmup = Duration.ZERO;

    @Option(
            names = "--hold",
            paramLabel = "TIME",
            defaultValue = "30s",
            converter = Time.class,
            description = "How long all connections are held and figures are taken. Default: ${DEFAULT-VALUE}")
    Duration hold = Duration.ZERO;

    @Option(
            names = "--search",
            description = "Finds out how many connections the nodes hold within the objective, up to --connections.")
    boolean search;

    @Option(
            names = "--slo-p99",
            paramLabel = "TIME",
            defaultValue = "100ms",
            converter = Time.class,
            description =
                    "The objective of a search: 99 %% of deliveries within this, none lost, nobody refused. Default: ${DEFAULT-VALUE}")
    Duration objective = Duration.ZERO;

    @Option(
            names = "--token",
            paramLabel = "JWT",
            description = "Said in hello by every connection, where nodes ask for tokens.")
    String token;

    @Option(
            names = "--insecure",
            description = "Takes any certificate of a node (wss), also one that it signed itself.")
    boolean insecure;

    @Option(
            names = "--pid",
            split = ",",
            paramLabel = "PID",
            description =
                    "Processes of the nodes, if they run on this machine: their memory is measured, after a collection by jcmd.")
    List<Long> pids = List.of();

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "1",
            description = "That read. Default: ${DEFAULT-VALUE}")
    int threads;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            defaultValue = "load-report.html",
            description = "Where the picture goes. Default: ${DEFAULT-VALUE}")
    Path report = Path.of("load-report.html");

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Shows this.")
    boolean help;

    /** What is wrong, each with the option to change. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        for (String uri : uris) {
            if (!uri.matches("(ws|http)s?://[^/?#:]+(:\\d{1,5})?(/[^?#]*)?")) {
                problems.add("--uri " + uri
                        + ": expected ws://host:port/ or wss://host:port/ with the path of the application");
            }
        }
        require(problems, connections, 1, 1_000_000, "--connections");
        require(problems, rooms, 1, connections, "--rooms");
        require(problems, publishers, 1, Math.max(1, connections / Math.max(1, rooms)), "--publishers");
        require(problems, window, 0, 1_000, "--closed-loop");
        require(problems, size, 64, 16_384, "--size");
        require(problems, ramp, 1, 100_000, "--ramp");
        require(problems, threads, 1, 64, "--threads");
        if (!(rate >= 0 && rate <= 1_000_000)) {
            problems.add("--rate " + rate + ": expected 0 to 1000000");
        }
        if (search && window == 0 && rate == 0) {
            problems.add("--search needs messages to judge by: --rate or --closed-loop");
        }
        for (long pid : pids) {
            if (ProcessHandle.of(pid).isEmpty()) {
                problems.add("--pid " + pid + ": there is no such process");
            }
        }
        return problems;
    }

    private static void require(List<String> problems, int value, int least, int most, String option) {
        if (value < least || value > most) {
            problems.add(option + " " + value + ": expected " + least + " to " + most);
        }
    }

    /** The nodes' WebSocket addresses, of all rooms. */
    List<URI> endpoints() {
        return uris.stream()
                .map(uri -> URI.create(uri.replaceFirst("^http", "ws").replaceFirst("/*$", "/") + "ws"))
                .toList();
    }

    /** A number with a unit. */
    static final class Time implements ITypeConverter<Duration> {
        private static final Pattern TIME = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

        @Override
        public Duration convert(String text) {
            Matcher matcher = TIME.matcher(text);
            if (!matcher.matches()) {
                throw new TypeConversionException("'" + text + "' is no time such as 500ms, 30s or 5m");
            }
            long number = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                default -> Duration.ofHours(number);
            };
        }
    }
}
