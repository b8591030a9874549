package io.roomcast.service.cluster;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.util.List;

/**
 * A list of sessions.
 *
 * @param count number of all sessions to which the query applies, also beyond its limit
 */
public record SessionPage(int count, List<SessionView> sessions) {

    JsonObject toJson() {
        JsonArrayBuilder array = Json.createArrayBuilder();
        sessions.forEach(session -> array.add(session.toJson()));
        return Json.createObjectBuilder()
                .add("count", count)
                .add("sessions", array)
                .build();
    }

    static SessionPage of(JsonObject json) {
        return new SessionPage(
                json.getInt("count"),
                json.getJsonArray("sessions").getValuesAs(JsonObject.class).stream()
                        .map(SessionView::of)
                        .toList());
    }

    /** The list of several nodes, from the lists of each. */
    static SessionPage merged(List<SessionPage> pages, SessionQuery query) {
        return new SessionPage(
                pages.stream().mapToInt(SessionPage::count).sum(),
                pages.stream()
                        .flatMap(page -> page.sessions().stream())
                        .sorted(SessionView.comparator(query.order()))
                        .limit(query.limit())
                        .toList());
    }
}
