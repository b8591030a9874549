package io.roomcast.websocket.undertow;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.ReadReadyHandler;
import org.xnio.conduits.StreamSourceConduit;

/** What a connection of Undertow reads from. */
final class FakeInput implements StreamSourceConduit {
    /** One entry for each read. */
    final Queue<byte[]> arriving = new ArrayDeque<>();

    boolean woken;
    boolean suspended;
    boolean ended;

    @Override
    public int read(ByteBuffer target) {
        byte[] bytes = arriving.isEmpty() ? new byte[0] : arriving.remove();
        target.put(bytes);
        return bytes.length;
    }

    @Override
    public void wakeupReads() {
        woken = true;
        suspended = false;
    }

    @Override
    public void terminateReads() {
        ended = true;
    }

    @Override
    public boolean isReadShutdown() {
        return ended;
    }

    @Override
    public void resumeReads() {}

    @Override
    public void suspendReads() {
        suspended = true;
    }

    @Override
    public boolean isReadResumed() {
        return true;
    }

    @Override
    public void awaitReadable() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void awaitReadable(long time, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public XnioIoThread getReadThread() {
        throw new UnsupportedOperationException();
    }

    @Override
    public XnioWorker getWorker() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setReadReadyHandler(ReadReadyHandler handler) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferTo(long position, long count, FileChannel target) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferTo(long count, ByteBuffer throughBuffer, StreamSinkChannel target) {
        throw new UnsupportedOperationException();
    }
}
