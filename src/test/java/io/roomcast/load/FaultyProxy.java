package io.roomcast.load;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;

/** Stands between a tester and a node, and spoils each so many-th message on its way to a member. */
final class FaultyProxy implements AutoCloseable {
    private static final int EACH = 20;

    /** What becomes of a message. */
    enum Fault {
        LOSE,
        REPEAT,
        /** Comes behind the next one. */
        SWAP,
        /** Another message in its place. */
        REPLACE
    }

    private final Fault fault;
    private final NodeProxy proxy;
    private final AtomicInteger messages = new AtomicInteger();

    FaultyProxy(Fault fault, int nodePort) {
        this.fault = fault;
        proxy = new NodeProxy(ServerSocketFactory.getDefault(), nodePort, this::answers);
    }

    URI uri() {
        return URI.create("ws://127.0.0.1:" + proxy.port() + "/");
    }

    private void answers(InputStream from, OutputStream to) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = from.read();
            if (next < 0) {
                return;
            }
            head.write(next);
        }
        head.writeTo(to);
        if (!head.toString(StandardCharsets.ISO_8859_1).contains(" 101 ")) {
            from.transferTo(to);
            return;
        }
        FrameReader frames = new FrameReader();
        byte[] buffer = new byte[1 << 20];
        int end = 0;
        for (int count = from.read(buffer); count >= 0; count = from.read(buffer, end, buffer.length - end)) {
            end += count;
            List<byte[]> spoilt = new ArrayList<>();
            int begin = frames.read(buffer, 0, end, (opcode, bytes, first, last) -> {
                String text = new String(bytes, first, last - first, StandardCharsets.UTF_8);
                byte[] payload = opcode == FrameReader.TEXT
                        ? spoil(text).getBytes(StandardCharsets.UTF_8)
                        : text.getBytes(StandardCharsets.ISO_8859_1);
                spoilt.add(frame(opcode, payload));
            });
            for (byte[] frame : spoilt) {
                to.write(frame);
            }
            System.arraycopy(buffer, begin, buffer, 0, end - begin);
            end -= begin;
        }
    }

    private String spoil(String text) {
        List<String> lines = new ArrayList<>();
        for (String line : text.split("\n", -1)) {
            boolean hit = line.startsWith("{\"type\":\"message\"") && messages.incrementAndGet() % EACH == 0;
            if (!hit) {
                lines.add(line);
                held(lines);
                continue;
            }
            switch (fault) {
                case LOSE -> {}
                case REPEAT -> lines.addAll(List.of(line, line));
                case SWAP -> hold(line);
                default -> lines.add(line.replaceFirst("(\"content\":\"rl \\S+ \\d+ )\\d+", "$1999999"));
            }
        }
        return String.join("\n", lines);
    }

    private final ThreadLocal<String> held = new ThreadLocal<>();

    private void hold(String line) {
        held.set(line);
    }

    private void held(List<String> lines) {
        if (held.get() != null) {
            lines.add(held.get());
            held.remove();
        }
    }

    /** As a server sends it: not masked. */
    private static byte[] frame(int opcode, byte[] payload) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(0x80 | opcode);
        int length = payload.length;
        if (length < 126) {
            frame.write(length);
        } else if (length < 65_536) {
            frame.write(126);
            frame.write(length >> 8);
            frame.write(length);
        } else {
            frame.write(127);
            for (int shift = 56; shift >= 0; shift -= 8) {
                frame.write((int) ((long) length >> shift));
            }
        }
        frame.writeBytes(payload);
        return frame.toByteArray();
    }

    @Override
    public void close() {
        proxy.close();
    }
}
