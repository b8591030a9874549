package io.roomcast.support.workload;

import java.util.ArrayList;
import java.util.List;

/** Where all clients record what they do and see. Any thread. */
public final class HistoryLog {
    private final List<Event> events = new ArrayList<>();

    public synchronized void add(Event event) {
        events.add(event);
    }

    public synchronized List<Event> events() {
        return List.copyOf(events);
    }

    public synchronized long count(Class<? extends Event> type) {
        return events.stream().filter(type::isInstance).count();
    }
}
