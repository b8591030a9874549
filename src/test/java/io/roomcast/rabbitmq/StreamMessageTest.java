package io.roomcast.rabbitmq;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StreamMessageTest {
    private final PartJoiner joiner = new PartJoiner();

    private static byte[] record(int length) {
        byte[] record = new byte[length];
        new Random(length).nextBytes(record);
        return record;
    }

    private static StreamMessage.Part part(StreamMessage message) {
        return assertInstanceOf(StreamMessage.Part.class, StreamMessage.decode(message.encode()));
    }

    @Test
    void aSmallRecordIsOneMessage() {
        for (int length : new int[] {0, 1, StreamMessage.PART_BYTES}) {
            List<StreamMessage> messages = StreamMessage.of(record(length), 1);
            assertEquals(1, messages.size());
            StreamMessage read = StreamMessage.decode(messages.get(0).encode());
            assertArrayEquals(
                    record(length),
                    assertInstanceOf(StreamMessage.Whole.class, read).record());
        }
    }

    @Test
    void theOtherKindsAreReadAsTheyWereWritten() {
        assertEquals(new StreamMessage.Begin(), StreamMessage.decode(new StreamMessage.Begin().encode()));
        assertEquals(new StreamMessage.End(-7), StreamMessage.decode(new StreamMessage.End(-7).encode()));
    }

    @Test
    void whatSomethingElseHasAppendedIsUnknown() {
        for (byte[] strange : new byte[][] {{}, {0}, {2, 1}, {4, 1, 2, 3}, {99, 1}}) {
            assertInstanceOf(StreamMessage.Unknown.class, StreamMessage.decode(strange));
        }
    }

    @Test
    void thePartsOfTwoSendersAreJoinedEach() {
        List<StreamMessage> one = StreamMessage.of(record(RabbitAppendLog.MAX_BYTES), 1);
        List<StreamMessage> two = StreamMessage.of(record(3 * StreamMessage.PART_BYTES + 1), 2);
        byte[] second = null;
        for (int i = 0; i < one.size() - 1; i++) {
            assertNull(joiner.join(part(one.get(i))));
            if (i < two.size()) {
                second = joiner.join(part(two.get(i)));
            }
        }
        assertArrayEquals(record(3 * StreamMessage.PART_BYTES + 1), second);
        assertArrayEquals(record(RabbitAppendLog.MAX_BYTES), joiner.join(part(one.get(one.size() - 1))));
    }

    @Test
    void aRecordWithAHoleIsDropped() {
        List<StreamMessage> parts = StreamMessage.of(record(3 * StreamMessage.PART_BYTES), 1);
        assertNull(joiner.join(part(parts.get(1))));
        assertNull(joiner.join(part(parts.get(0))));
        assertNull(joiner.join(part(parts.get(2))));
        assertNull(joiner.join(part(parts.get(1))));
        assertNull(joiner.join(part(parts.get(0))));
        assertNull(joiner.join(part(parts.get(1))));
        assertArrayEquals(record(3 * StreamMessage.PART_BYTES), joiner.join(part(parts.get(2))));
    }
}
