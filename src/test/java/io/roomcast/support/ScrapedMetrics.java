package io.roomcast.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The metrics that a server shows at {@code /metrics}, at the moment of the request.
 *
 * @param series value by name and labels, for example {@code roomcast_threads{purpose="lane"}}
 */
public record ScrapedMetrics(Map<String, Double> series) {
    /** HTTP/1.1 alone, as programs that scrape speak it. */
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static final Pattern DESCRIBED = Pattern.compile("(?m)^# HELP (\\S+) (.*)\n# TYPE \\S+ (\\w+)$");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /**
     * All series of one name, as the server describes them.
     *
     * @param kind such as {@code counter}
     * @param labels their values by name
     */
    public record Family(String name, String kind, String help, Map<String, Set<String>> labels) {}

    /** Asks a server for what it describes, in its order. */
    public static List<Family> families(URI server) {
        String text = text(server);
        Map<String, Double> series = read(text).series();
        return DESCRIBED
                .matcher(text)
                .results()
                .filter(found -> !found.group(1).matches(".*_(gcount|gsum)"))
                .map(found -> family(found.group(1), found.group(2), found.group(3), series))
                .toList();
    }

    private static Family family(String name, String help, String kind, Map<String, Double> series) {
        Map<String, Set<String>> labels = new TreeMap<>();
        series.keySet().stream()
                .filter(one -> one.startsWith(name + "{"))
                .forEach(one -> LABEL.matcher(one)
                        .results()
                        .forEach(label -> labels.computeIfAbsent(label.group(1), unused -> new TreeSet<>())
                                .add(label.group(2))));
        return new Family(name, series.containsKey(name + "_gcount") ? "gauge histogram" : kind, help, labels);
    }

    /** Asks a server. */
    public static ScrapedMetrics of(URI server) {
        return read(text(server));
    }

    private static String text(URI server) {
        HttpRequest get = HttpRequest.newBuilder(server.resolve("metrics"))
                .timeout(PATIENCE)
                .build();
        try {
            HttpResponse<String> answer = HTTP.send(get, BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new AssertionError(get + " is answered " + answer.statusCode() + ": " + answer.body());
            }
            return answer.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Asks until the condition holds. @return the metrics then */
    public static ScrapedMetrics await(URI server, long seconds, Predicate<ScrapedMetrics> wanted) {
        AtomicReference<ScrapedMetrics> told = new AtomicReference<>();
        Await.until(() -> "metrics as wanted, which are " + told.get(), seconds, () -> {
            told.set(of(server));
            return wanted.test(told.get());
        });
        return told.get();
    }

    /** Asks until one series has this value. */
    public static void await(URI server, long seconds, String name, double value) {
        Await.until(
                () -> name + " " + value + ", which is " + of(server).get(name),
                seconds,
                () -> of(server).get(name) == value);
    }

    /** @param text in the format of Prometheus */
    public static ScrapedMetrics read(String text) {
        Map<String, Double> series = new TreeMap<>();
        text.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            int blank = line.lastIndexOf(' ');
            series.put(line.substring(0, blank), Double.valueOf(line.substring(blank + 1)));
        });
        return new ScrapedMetrics(series);
    }

    /** The value of one series, which must be there. */
    public double get(String name) {
        Double figure = series.get(name);
        if (figure == null) {
            throw new AssertionError("no " + name + " in " + series);
        }
        return figure;
    }

    /** The sum of all series whose name with labels begins like this; 0 where there is none. */
    public double sum(String beginning) {
        return series.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(beginning))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }
}
