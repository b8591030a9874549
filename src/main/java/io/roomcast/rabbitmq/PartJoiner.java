package io.roomcast.rabbitmq;

import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.Map;

/** Joins the parts of records. What is not complete is bounded: the oldest goes, on all nodes alike. */
final class PartJoiner {
    private static final int MAX_SENDERS = 64;

    private static final class Incomplete {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(2 * StreamMessage.PART_BYTES);
        private int next;
    }

    private final Map<Long, Incomplete> bySender = new LinkedHashMap<>();

    /** @return the record, if this was its last part; else null */
    byte[] join(StreamMessage.Part part) {
        if (part.index() == 0) {
            bySender.remove(part.sender()); // Its rest was not sent.
            bySender.put(part.sender(), new Incomplete());
            if (bySender.size() > MAX_SENDERS) {
                bySender.remove(bySender.keySet().iterator().next());
            }
        }
        Incomplete record = bySender.get(part.sender());
        if (record == null) {
            return null;
        }
        if (record.next != part.index() || record.bytes.size() + part.bytes().length > RabbitAppendLog.MAX_BYTES) {
            bySender.remove(part.sender());
            return null;
        }
        record.next++;
        record.bytes.writeBytes(part.bytes());
        if (record.next < part.count()) {
            return null;
        }
        bySender.remove(part.sender());
        return record.bytes.toByteArray();
    }
}
