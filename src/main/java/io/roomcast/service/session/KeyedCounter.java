package io.roomcast.service.session;

import java.util.concurrent.ConcurrentHashMap;

/** Counts by name, and forgets a name when nothing is left of it. Any thread. */
final class KeyedCounter {
    private final ConcurrentHashMap<String, Integer> counts = new ConcurrentHashMap<>();

    /** @return how many there are of this name, with this one */
    int add(String name) {
        return counts.merge(name, 1, Integer::sum);
    }

    void remove(String name) {
        counts.computeIfPresent(name, (same, count) -> count == 1 ? null : count - 1);
    }

    int names() {
        return counts.size();
    }
}
