package io.roomcast.load;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A room, and its epochs in the order in which the tester heard of them. Any thread. */
final class RoomCheck {
    private final String name;
    private final List<EpochCheck> epochs = new CopyOnWriteArrayList<>();

    RoomCheck(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    /** Offsets are compared within one epoch only. */
    EpochCheck epoch(String id) {
        EpochCheck known = find(id);
        return known != null ? known : begin(id);
    }

    private synchronized EpochCheck begin(String id) {
        EpochCheck known = find(id);
        if (known != null) {
            return known;
        }
        EpochCheck begun = new EpochCheck(id);
        epochs.add(begun);
        return begun;
    }

    private EpochCheck find(String id) {
        for (EpochCheck epoch : epochs) {
            if (epoch.id().equals(id)) {
                return epoch;
            }
        }
        return null;
    }

    /**
     * Messages that publishers were answered for, in epochs that began after {@code from}, up to and without
     * {@code to}; null for all of them.
     */
    long acknowledgedBetween(EpochCheck from, EpochCheck to) {
        long sum = 0;
        int end = to == null ? epochs.size() : epochs.indexOf(to);
        for (int i = epochs.indexOf(from) + 1; i < end; i++) {
            sum += epochs.get(i).acknowledgedCount();
        }
        return sum;
    }
}
