package io.roomcast.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageAssemblerTest {
    private final MessageAssembler assembler = new MessageAssembler(() -> 12);

    @Test
    void aWholeMessageComesAsItIs() {
        assertEquals("0123456789ab", text("0123456789ab", true));
        assertEquals("again", text("again", true), "each message has the whole limit");
    }

    @Test
    void partsArePutTogether() {
        assertNull(text("01", false));
        assertNull(text("", false));
        assertNull(text("23", false));
        assertEquals("012345", text("45", true));
        assertEquals("next", text("next", true));
    }

    /** Twelve bytes of characters of each length. */
    @ParameterizedTest
    @ValueSource(strings = {"abcdefghijkl", "ääääää", "€€€€", "😀😀😀"})
    void theLimitIsInBytesOfUtf8(String twelve) {
        assertEquals(twelve, text(twelve, true));
        assertFalse(assembler.count(twelve + "x"));
        assembler.reset();
        assertNull(text(twelve, false));
        assertFalse(assembler.count("x"));
    }

    @Test
    void aPairOfSurrogatesMayComeInTwoParts() {
        assertNull(text("12345678\ud83d", false));
        assertEquals("12345678😀", text("\ude00", true));
    }

    @Test
    void aMessageThatNeverEndsIsStopped() {
        int parts = 0;
        while (parts < 100 && assembler.count("x")) {
            assertNull(assembler.add("x", false));
            parts++;
        }
        assertEquals(12, parts);
    }

    @Test
    void emptyPartsWithoutEndCostNothing() {
        for (int i = 0; i < 100_000; i++) {
            assertNull(text("", false));
        }
        assertEquals("x", text("x", true));
    }

    @Test
    void binaryMessagesAreCountedToo() {
        assertTrue(assembler.count(7));
        assertTrue(assembler.count(5));
        assertFalse(assembler.count(1));
        assembler.reset();
        assertTrue(assembler.count(12));
    }

    @Test
    void aHugePartDoesNotOverflowTheCount() {
        assertFalse(assembler.count(Integer.MAX_VALUE));
        assertFalse(assembler.count(Integer.MAX_VALUE));
        assertFalse(assembler.count(Integer.MAX_VALUE));
    }

    private String text(String part, boolean last) {
        assertTrue(assembler.count(part));
        return assembler.add(part, last);
    }
}
