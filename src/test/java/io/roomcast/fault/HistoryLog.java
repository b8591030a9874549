package io.roomcast.fault;

import java.util.ArrayList;
import java.util.List;

/** Where all clients record what they do and see. Any thread. */
final class HistoryLog {
    private final List<Event> events = new ArrayList<>();

    synchronized void add(Event event) {
        events.add(event);
    }

    synchronized List<Event> events() {
        return List.copyOf(events);
    }

    synchronized long count(Class<? extends Event> type) {
        return events.stream().filter(type::isInstance).count();
    }
}
