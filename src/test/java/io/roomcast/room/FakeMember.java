package io.roomcast.room;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.outbound.EncodedFrame;
import io.roomcast.outbound.FrameKind;
import io.roomcast.outbound.OutboundBudget;
import io.roomcast.outbound.OutboundLimits;
import io.roomcast.outbound.OutboundQueue;
import io.roomcast.protocol.Position;
import io.roomcast.support.ManualTransport;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A member whose connection the test drives. What its listener is told goes through its queue like any answer, so {@link #log} has
 * everything in the order in which a client sees it: {@code joined e1:3 true}, {@code e1:4..6}, {@code behind 7 e1:9}, {@code unavailable}.
 */
class FakeMember implements Member.Listener {
    private static final Pattern MESSAGE = Pattern.compile(
            "\\{\"type\":\"message\",\"offset\":(?<offset>\\d+),\"epoch\":\"(?<epoch>\\w+)\",\"n\":(?<n>\\d+),\"at\":\\d+}");

    final ManualTransport transport;
    final OutboundQueue queue;
    final Member member;
    /** What the answer to the join said; null before. */
    Position joined;

    FakeMember(ManualTransport transport, boolean signals) {
        this(transport, signals, 0);
    }

    /** @param bytes that may wait before messages are forgotten; 0 for no limit */
    FakeMember(ManualTransport transport, boolean signals, long bytes) {
        this(transport, new Member.Scope(signals, true, () -> true), bytes);
    }

    private FakeMember(ManualTransport transport, Member.Scope scope, long bytes) {
        this.transport = transport;
        this.queue = new OutboundQueue(
                transport,
                new OutboundBudget(new OutboundLimits(bytes, 0)),
                true,
                () -> 0,
                range -> EncodedFrame.of(FrameKind.REPLY, behindText(range.first(), range.epoch(), range.last())),
                new NodeMetrics());
        this.member = new Member(queue, scope, this, null);
    }

    /** One that reads everything at once. */
    static FakeMember quick() {
        return new FakeMember(ManualTransport.immediate(), true);
    }

    /** One that reads everything at once, and is sent what the scope says. */
    static FakeMember of(Member.Scope scope) {
        return new FakeMember(ManualTransport.immediate(), scope, 0);
    }

    /** One whose sends complete when the test says so. */
    static FakeMember slow() {
        return new FakeMember(new ManualTransport(), true);
    }

    List<String> log() {
        List<String> log = new ArrayList<>();
        String epoch = null;
        long first = 0;
        long last = 0;
        for (String frame : transport.frames()) {
            Matcher message = MESSAGE.matcher(frame);
            boolean isMessage = message.matches();
            if (isMessage && message.group("epoch").equals(epoch) && offset(message) == last + 1) {
                last++;
                log.set(log.size() - 1, epoch + ":" + first + ".." + last);
            } else if (isMessage) {
                epoch = message.group("epoch");
                first = offset(message);
                last = first;
                log.add(epoch + ":" + first);
            } else {
                epoch = null;
                log.add(frame);
            }
        }
        return log;
    }

    /** Where a message frame belongs. */
    static Position messagePosition(String frame) {
        Matcher message = MESSAGE.matcher(frame);
        if (!message.matches()) {
            throw new AssertionError("no message: " + frame);
        }
        return new Position(message.group("epoch"), offset(message));
    }

    private static long offset(Matcher message) {
        if (!message.group("offset").equals(message.group("n"))) {
            throw new AssertionError("offset and body belong to different messages: " + message.group());
        }
        return Long.parseLong(message.group("offset"));
    }

    private void reply(String text) {
        queue.offer(EncodedFrame.of(FrameKind.REPLY, text));
    }

    static String text(Position position) {
        return position.epoch() + ":" + position.offset();
    }

    @Override
    public void joined(Position position, boolean recovered) {
        joined = position;
        reply("joined " + text(position) + " " + recovered);
    }

    @Override
    public void unavailable() {
        reply("unavailable");
    }

    @Override
    public void behind(long from, Position position) {
        reply(behindText(from, position.epoch(), position.offset()));
    }

    private static String behindText(long from, String epoch, long offset) {
        return "behind " + from + " " + epoch + ":" + offset;
    }
}
