package io.roomcast.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.roomcast.support.Stages;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Proxy;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The end of a response, whatever its client does meanwhile. */
class ListenedStreamTest {
    private final Output output = new Output();
    private final ListenedStream stream = new ListenedStream(
            (ServletResponse) Proxy.newProxyInstance(
                    getClass().getClassLoader(),
                    new Class<?>[] {ServletResponse.class},
                    (proxy, method, args) -> output),
            ConnectionWatch.NONE);

    /** The end may wait for the client, and only the I/O thread sees that the client reads. */
    @Test
    void keepsNoIoThread() {
        List<Throwable> completions = beginWrite();
        stream.end(() -> {
            output.isReady = true;
            Stages.get(CompletableFuture.runAsync(stream::onWritePossible));
        });
        assertInstanceOf(ClosedChannelException.class, completions.get(0));
        assertEquals("", output.text());
    }

    @Test
    void isNotFollowedByAWrite() {
        output.isReady = true;
        stream.write(bytes("a"), failure -> {});
        stream.onWritePossible();
        stream.end(() -> {});
        List<Throwable> completions = new ArrayList<>();
        stream.write(bytes("b"), completions::add);
        assertInstanceOf(ClosedChannelException.class, completions.get(0));
        assertEquals("a", output.text());
    }

    @Test
    void waitsForTheFirstCallOfTheServer() {
        List<String> ends = new ArrayList<>();
        stream.write(bytes("a"), failure -> {});
        stream.end(() -> ends.add("end"));
        assertEquals(List.of(), ends);
        output.isReady = true;
        stream.onWritePossible();
        assertEquals(List.of("end"), ends);
        assertEquals("", output.text());
    }

    /** Begins a write to a client that takes nothing. */
    private List<Throwable> beginWrite() {
        List<Throwable> completions = new ArrayList<>();
        stream.write(bytes("a"), completions::add);
        stream.onWritePossible();
        assertEquals(List.of(), completions);
        return completions;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static final class Output extends ServletOutputStream {
        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private volatile boolean isReady;

        String text() {
            return taken.toString(StandardCharsets.UTF_8);
        }

        @Override
        public boolean isReady() {
            return isReady;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            // The test calls the listener.
        }

        @Override
        public void write(int octet) {
            taken.write(octet);
        }
    }
}
