package io.roomcast.archive;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which numberings have messages that are not in the index of the search yet. Knows those that this process has stored
 * since it began, and those that a look through all numberings has found. Any thread.
 */
final class IndexBacklog {
    /** Most numberings. For what is more, all are looked through again. */
    private static final int MOST = 100_000;

    /** The offsets of messages of a numbering: after the first, up to the last. */
    record Part(long numbering, long after, long last) {}

    /** In the order in which they get their turn. */
    private final Map<Long, Part> parts = new LinkedHashMap<>();

    private long count;
    /** The numbering up to which all were looked through; negative if no look is needed. */
    private long lookedTo;

    /** Messages of a numbering are in the archive. */
    synchronized void add(Part part) {
        Part known = parts.get(part.numbering());
        if (known == null && parts.size() == MOST) {
            lookedTo = 0;
            return;
        }
        Part joined = known == null
                ? part
                : new Part(
                        part.numbering(), Math.min(known.after(), part.after()), Math.max(known.last(), part.last()));
        put(known, joined);
    }

    private void put(Part known, Part part) {
        count += size(part) - (known == null ? 0 : size(known));
        parts.put(part.numbering(), part);
    }

    private static long size(Part part) {
        return part.last() - part.after();
    }

    /** The numberings whose turn it is. */
    synchronized List<Part> next(int limit) {
        return parts.values().stream().limit(limit).toList();
    }

    /** All messages of a numbering up to an offset are in the index. The others have their turn after all else. */
    synchronized void indexed(Part done) {
        Part known = parts.remove(done.numbering());
        if (known != null) {
            count -= size(known);
            if (known.last() > done.last()) {
                put(null, new Part(done.numbering(), Math.max(known.after(), done.last()), known.last()));
            }
        }
    }

    /** Where to go on with the look through all numberings: after this one. Negative if none is needed. */
    synchronized long lookAfter() {
        return lookedTo;
    }

    /**
     * The next numberings were looked through.
     *
     * @param after where the look began
     * @param found those with messages that are not in the index
     * @param last the last that was looked at; negative if there are no more
     */
    synchronized void looked(long after, List<Part> found, long last) {
        if (lookedTo == after) {
            lookedTo = last;
            found.forEach(this::add);
        }
    }

    /** All must be looked through, because other nodes store messages, too. What is known stays known. */
    synchronized void look() {
        lookedTo = Math.max(lookedTo, 0);
    }

    /** All must be looked through, such as at the start. */
    synchronized void lookAgain() {
        parts.clear();
        count = 0;
        lookedTo = 0;
    }

    /** About how many messages are known that are not in the index. */
    synchronized long count() {
        return count;
    }
}
