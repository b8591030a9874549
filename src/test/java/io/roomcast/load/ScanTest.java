package io.roomcast.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ScanTest {
    private static Scan of(String frame) {
        byte[] bytes = Scan.ascii(frame);
        return new Scan(bytes, 0, bytes.length);
    }

    @Test
    void readsAMessageFromLeftToRight() {
        Scan scan = of("{\"type\":\"message\",\"offset\":12,\"at\":1795,\"room\":\"r\",\"content\":\"rl 7 8 \"}");
        assertTrue(scan.isMessage());
        assertEquals(12, scan.offset());
        assertEquals(1795, scan.at());
        assertTrue(scan.toContent() && scan.skip(Scan.ascii("rl ")));
        assertEquals(7, scan.number());
        assertEquals(8, scan.number());
    }

    @Test
    void takesNoTimeFromElsewhere() {
        Scan scan = of("{\"type\":\"message\",\"offset\":12,\"room\":\"r\",\"at\":5,\"content\":\"rl 7 \"}");
        assertEquals(12, scan.offset());
        assertEquals(0, scan.at());
        assertTrue(scan.toContent());
    }
}
