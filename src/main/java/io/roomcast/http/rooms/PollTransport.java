package io.roomcast.http.rooms;

import io.roomcast.outbound.EncodedFrame;
import io.roomcast.outbound.FrameKind;
import io.roomcast.outbound.Transport;
import io.roomcast.protocol.CloseCode;
import java.io.ByteArrayOutputStream;

/**
 * The transport of a session that is one poll. It gathers frames, and says when the poll is to be answered.
 *
 * <p><b>Concurrency.</b> Any thread. The monitor guards all state; the listener is called outside it.
 */
final class PollTransport implements Transport {

    /** What happens to the poll. Called on any thread; must not block. */
    interface Listener {
        /** There is news. More of it may follow at once. Called once. */
        void onNews();

        /** There are notices: presence changes or signals. Called once, if at all before {@link #onNews}. */
        void onNotice();

        /** The answer is to be given now. Called once. */
        void onEnd();

        /** The node asks for a sign of life. */
        void onPing();
    }

    private static final int FIRST_BYTES = 256;

    private final Listener listener;
    private final long maxBytes;
    /** The frames, each with a newline behind it; null after {@link #take}. */
    private ByteArrayOutputStream frames = new ByteArrayOutputStream(FIRST_BYTES);
    /** Whether each room of the poll is joined or refused. */
    private boolean hasJoined;

    private boolean hasNews;
    private boolean hasNotice;
    private boolean noticeTold;
    private boolean newsTold;
    private boolean endTold;
    /** Why the node has closed the session; null if it has not. */
    private CloseCode closeCode;

    /** @param maxBytes size at which the answer is given */
    PollTransport(Listener listener, long maxBytes) {
        this.listener = listener;
        this.maxBytes = maxBytes;
    }

    @Override
    public String kind() {
        return "poll";
    }

    @Override
    public void send(EncodedFrame frame, Completion completion) {
        boolean isFull;
        synchronized (this) {
            if (frames == null) {
                return; // Whatever comes too late for this answer, the next poll gets by its positions.
            }
            frames.writeBytes(frame.payload());
            frames.write('\n');
            hasNews |= frame.kind() != FrameKind.QUIET_REPLY && !frame.kind().isNotice();
            hasNotice |= frame.kind().isNotice();
            isFull = frames.size() >= maxBytes;
        }
        if (isFull) {
            end(); // Without a completion, so that the queue treats this client as one that reads no more.
        } else {
            tellNews();
            completion.sent(null);
        }
    }

    /** To be called when each room of the poll is joined or refused. */
    void onJoined() {
        synchronized (this) {
            hasJoined = true;
        }
        tellNews();
    }

    synchronized boolean hasJoined() {
        return hasJoined;
    }

    private void tellNews() {
        boolean isNews;
        synchronized (this) {
            isNews = hasNews && !newsTold;
            if (!hasJoined || newsTold || !isNews && (!hasNotice || noticeTold)) {
                return;
            }
            newsTold = isNews;
            noticeTold = true;
        }
        if (isNews) {
            listener.onNews();
        } else {
            listener.onNotice();
        }
    }

    @Override
    public void ping() {
        listener.onPing();
    }

    @Override
    public void close(CloseCode code, String reason) {
        synchronized (this) {
            if (frames == null) {
                return;
            }
            closeCode = code;
            if (code != CloseCode.NORMAL) {
                frames.writeBytes(Lines.closed(code, reason));
                frames.write('\n');
            }
        }
        end();
    }

    private void end() {
        synchronized (this) {
            if (endTold) {
                return;
            }
            endTold = true;
        }
        listener.onEnd();
    }

    /** Takes all frames. No frame is taken later. */
    synchronized byte[] take() {
        byte[] taken = frames == null ? new byte[0] : frames.toByteArray();
        frames = null;
        return taken;
    }

    /** Why the node has closed the session; null if it has not. */
    synchronized CloseCode closeCode() {
        return closeCode;
    }
}
