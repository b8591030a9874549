package io.roomcast.support;

import io.roomcast.outbound.EncodedFrame;
import io.roomcast.outbound.Transport;
import io.roomcast.protocol.CloseCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/** A connection that a test drives: it records what is sent, and a send completes when the test says so. */
public final class ManualTransport implements Transport {
    private final List<String> sent = new ArrayList<>();
    private Completion inFlight;
    private boolean immediate;
    private boolean broken;
    private CloseCode closeCode;
    private int closes;
    private int pings;
    private Executor executor;

    /** A transport that completes each send before {@link #send} returns. */
    public static ManualTransport immediate() {
        ManualTransport transport = new ManualTransport();
        transport.immediate = true;
        return transport;
    }

    /** This connection's sends cost least there. */
    public ManualTransport on(Executor own) {
        executor = own;
        return this;
    }

    @Override
    public Executor executor() {
        return executor;
    }

    @Override
    public void send(EncodedFrame frame, Completion completion) {
        if (inFlight != null) {
            throw new AssertionError("a second send while one is in flight: " + frame.text());
        }
        if (broken) {
            throw new IllegalStateException("broken");
        }
        sent.add(frame.text());
        inFlight = completion;
        if (immediate) {
            complete();
        }
    }

    /** From now on each send throws. */
    public void breakDown() {
        broken = true;
    }

    public void complete() {
        finish(null);
    }

    public void fail() {
        finish(new IOException("broken"));
    }

    private void finish(Throwable failure) {
        if (inFlight == null) {
            throw new AssertionError("nothing is in flight");
        }
        Completion completion = inFlight;
        inFlight = null;
        completion.sent(failure);
    }

    /** Completes sends until there is none, as a client does that reads all. */
    public void completeAll() {
        while (inFlight != null) {
            complete();
        }
    }

    /** From now on each send completes before it returns, and so does the one in flight. */
    public void completeImmediately() {
        immediate = true;
        if (inFlight != null) {
            complete();
        }
    }

    public boolean isInFlight() {
        return inFlight != null;
    }

    /** Texts as they were sent, one for each WebSocket frame. */
    public List<String> sent() {
        return sent;
    }

    /** The protocol frames of all texts. */
    public List<String> frames() {
        return sent.stream().flatMap(String::lines).toList();
    }

    /** Null while open. */
    public CloseCode closeCode() {
        return closeCode;
    }

    public int closes() {
        return closes;
    }

    public int pings() {
        return pings;
    }

    @Override
    public void ping() {
        pings++;
    }

    @Override
    public void close(CloseCode code, String reason) {
        closes++;
        closeCode = code;
    }
}
