package io.roomcast.service.cluster;

import io.roomcast.service.operations.Refusal;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Refusals.
 *
 * @param counts how many requests were refused since the nodes started, by code, whatever the query asks for
 * @param last the last of those that the query asks for, the newest first
 */
public record RefusalPage(Map<String, Long> counts, List<Refusal> last) {

    /** The refusals of several nodes, from those of each. */
    static RefusalPage merged(Stream<RefusalPage> pages, RefusalQuery query) {
        List<RefusalPage> all = pages.toList();
        Map<String, Long> counts = new TreeMap<>();
        all.forEach(page -> page.counts().forEach((code, count) -> counts.merge(code, count, Long::sum)));
        return new RefusalPage(
                counts,
                all.stream()
                        .flatMap(page -> page.last().stream())
                        .sorted(Comparator.comparingLong(Refusal::at).reversed())
                        .limit(query.limit())
                        .toList());
    }
}
