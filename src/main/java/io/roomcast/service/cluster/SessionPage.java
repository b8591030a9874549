package io.roomcast.service.cluster;

import java.util.List;
import java.util.stream.Stream;

/**
 * A list of sessions.
 *
 * @param count number of all sessions to which the query applies, also beyond its limit
 */
public record SessionPage(int count, List<SessionView> sessions) {

    /** The list of several nodes, from the lists of each. */
    static SessionPage merged(Stream<SessionPage> pages, SessionQuery query) {
        List<SessionPage> all = pages.toList();
        return new SessionPage(
                all.stream().mapToInt(SessionPage::count).sum(),
                all.stream()
                        .flatMap(page -> page.sessions().stream())
                        .sorted(SessionView.comparator(query.order()))
                        .limit(query.limit())
                        .toList());
    }
}
