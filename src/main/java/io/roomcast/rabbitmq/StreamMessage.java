package io.roomcast.rabbitmq;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A message of a stream. Messages are smaller than the frames of RabbitMQ; a larger record is in several messages. */
sealed interface StreamMessage {
    /** Bytes of a record in one message. RabbitMQ takes frames of 1 MiB, unless it is set otherwise. */
    int PART_BYTES = 120_000;

    byte[] encode();

    /** The first message of a stream: who reads it knows that the stream has let go of nothing. */
    record Begin() implements StreamMessage {
        private static final byte TYPE = 1;

        @Override
        public byte[] encode() {
            return new byte[] {TYPE};
        }
    }

    /** Shows its sender how far the stream went when it began to read. */
    record End(long reader) implements StreamMessage {
        private static final byte TYPE = 2;

        @Override
        public byte[] encode() {
            return ByteBuffer.allocate(1 + Long.BYTES).put(TYPE).putLong(reader).array();
        }
    }

    /** A whole record. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Whole(byte[] record) implements StreamMessage {
        private static final byte TYPE = 3;

        @Override
        public byte[] encode() {
            return ByteBuffer.allocate(1 + record.length).put(TYPE).put(record).array();
        }
    }

    /**
     * A part of a record. The parts of a sender follow one another, with those of others between them.
     *
     * @param sender different for each connection
     * @param index from 0
     * @param count of the record's parts
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Part(long sender, int index, int count, byte[] bytes) implements StreamMessage {
        private static final byte TYPE = 4;
        private static final int HEADER = 1 + Long.BYTES + 2 * Integer.BYTES;

        @Override
        public byte[] encode() {
            return ByteBuffer.allocate(HEADER + bytes.length)
                    .put(TYPE)
                    .putLong(sender)
                    .putInt(index)
                    .putInt(count)
                    .put(bytes)
                    .array();
        }
    }

    /** Something else has appended it. */
    record Unknown() implements StreamMessage {
        @Override
        public byte[] encode() {
            return new byte[0];
        }
    }

    /** The messages of a record. */
    static List<StreamMessage> of(byte[] record, long sender) {
        if (record.length <= PART_BYTES) {
            return List.of(new Whole(record));
        }
        int count = (record.length + PART_BYTES - 1) / PART_BYTES;
        List<StreamMessage> parts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            byte[] bytes = new byte[Math.min(PART_BYTES, record.length - i * PART_BYTES)];
            System.arraycopy(record, i * PART_BYTES, bytes, 0, bytes.length);
            parts.add(new Part(sender, i, count, bytes));
        }
        return parts;
    }

    static StreamMessage decode(byte[] message) {
        ByteBuffer in = ByteBuffer.wrap(message);
        byte type = in.hasRemaining() ? in.get() : 0;
        if (type == Begin.TYPE) {
            return new Begin();
        } else if (type == End.TYPE && in.remaining() == Long.BYTES) {
            return new End(in.getLong());
        } else if (type == Whole.TYPE) {
            return new Whole(rest(in));
        } else if (type == Part.TYPE && message.length > Part.HEADER) {
            return new Part(in.getLong(), in.getInt(), in.getInt(), rest(in));
        }
        return new Unknown();
    }

    private static byte[] rest(ByteBuffer in) {
        byte[] rest = new byte[in.remaining()];
        in.get(rest);
        return rest;
    }
}
