package io.roomcast.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadSyntaxTest {
    private static final String HEAD = "GET / HTTP/1.1\r\nHost: a\r\n%s\r\n\r\n";

    private final HeadSyntax syntax = new HeadSyntax();

    /** What Grizzly reads. */
    private String read(String sent) {
        byte[] bytes = sent.getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < bytes.length && !syntax.isDone(); i++) {
            bytes[i] = syntax.next(bytes[i]);
            long blank = syntax.takeStrayBlank();
            if (blank >= 0) {
                bytes[(int) blank] = '|';
            }
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X: a",
                "X:a",
                "X:",
                "X: a \t b ",
                "x-y_z.1: \u00e4",
                "Content-Length: 5",
                "Transfer-Encoding: chunked",
                "X-Content-Length: 5\r\nTransfer-Encoding: chunked"
            })
    void ordinaryHeadsAreFine(String header) {
        String head = String.format(HEAD, header);
        assertEquals(head + "POST", read(head + "POST"));
        assertFalse(syntax.isBroken());
        assertTrue(syntax.isDone());
        assertEquals(head.length(), syntax.count(), "what follows is not the head's");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X: a\nY: b",
                "X: a\rY: b",
                "X: a\r\r",
                "X : a",
                "X\t: a",
                " X: a",
                "X: a\r\n b",
                "X: a\r\n\tb",
                ": a",
                "X@: a",
                "X\u0000: a",
                "X: \u0000",
                "X: \u007f",
                "X\rY: a",
                "Content-Length: 5\r\nTransfer-Encoding: chunked",
                "transfer-encoding: chunked\r\nCONTENT-LENGTH: 5",
            })
    void othersAreBroken(String header) {
        read(String.format(HEAD, header));
        assertTrue(syntax.isBroken());
        assertTrue(syntax.isDone());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\n",
                "GET  / HTTP/1.1\r\n",
                "GET\t/\tHTTP/1.1\r\n",
                "GET /\r\n",
                "GET / \r\n",
                "GET\r\n",
                "G@T / HTTP/1.1\r\n",
                " / HTTP/1.1\r\n",
                "\r\nGET / HTTP/1.1\r\n",
                "GET / HTTP/1.2\r\n",
                "GET / HTTP/2.0\r\n",
                "GET / http/1.1\r\n",
                "GET /\u0001 HTTP/1.1\r\n",
            })
    void soAreRequestLines(String line) {
        read(line + "Host: a\r\n\r\n");
        assertTrue(syntax.isBroken());
    }

    @Test
    void aLineWithoutAColonEnds() {
        assertEquals("GET / HTTP/1.1\r\nHost: a\r\nX:\n\r\n", read("GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n"));
        assertTrue(syntax.isBroken());
    }

    @Test
    void aBlankInTheAddressIsNoSeparator() {
        assertEquals(
                "GET /ws/a|b|c/ann HTTP/1.1\r\nHost: a\r\n\r\n", read("GET /ws/a b c/ann HTTP/1.1\r\nHost: a\r\n\r\n"));
        assertFalse(syntax.isBroken());
    }
}
