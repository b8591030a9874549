package io.roomcast.replica;

import io.roomcast.replica.LogRecord.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads of a partition that see all that was confirmed before, on whichever node: they wait until this node meets a record
 * that it has appended after the reads were requested. Reads that are requested meanwhile share the next record.
 *
 * <p><b>Concurrency.</b> Any thread may call. The monitor guards the fields.
 */
final class Barrier {
    /** A read. */
    interface Reader {
        /** Called on the thread of the log. */
        void read(Partition partition);

        void fail(Throwable why);
    }

    private final Replica replica;
    private final int partition;
    private List<Reader> waiting = new ArrayList<>();
    private boolean underWay;

    Barrier(Replica replica, int partition) {
        this.replica = replica;
        this.partition = partition;
    }

    void read(Reader reader) {
        synchronized (this) {
            waiting.add(reader);
            if (underWay) {
                return;
            }
            underWay = true;
        }
        append();
    }

    private synchronized List<Reader> take() {
        List<Reader> taken = waiting;
        waiting = new ArrayList<>();
        underWay = !taken.isEmpty();
        return taken;
    }

    private void append() {
        List<Reader> readers = take();
        if (readers.isEmpty()) {
            return;
        }
        replica.append(partition, Kind.BARRIER, "", LogRecord.NOTHING, new Replica.Call() {
            @Override
            public void applied(Partition applied, Object result) {
                append();
                readers.forEach(reader -> reader.read(applied));
            }

            @Override
            public void failed(Throwable why) {
                append();
                readers.forEach(reader -> reader.fail(why));
            }
        });
    }
}
