package io.roomcast.support;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.outbound.EncodedFrame;
import io.roomcast.outbound.FrameKind;
import io.roomcast.outbound.OutboundBudget;
import io.roomcast.outbound.OutboundLimits;
import io.roomcast.outbound.OutboundQueue;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.room.LagBudget;
import io.roomcast.room.Member;
import io.roomcast.room.MessageLog;
import io.roomcast.room.ReplayPacer;
import io.roomcast.room.Room;
import io.roomcast.room.RoomRegistry;
import io.roomcast.room.RoomSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** The rooms of a node over a relay, which is there already, and what they answer to those who join. */
public final class RelayRooms implements AutoCloseable {
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
    private final NodeMetrics metrics = new NodeMetrics();
    private final RoomRegistry rooms;

    /** The answer to a join. */
    public record Answer(Position position, boolean recovered) {}

    public RelayRooms(RoomSource relay) {
        rooms = new RoomRegistry(
                relay,
                executor,
                executor,
                System::nanoTime,
                room -> new MessageLog.Limits(100, 1 << 20, 3_600_000),
                Duration.ofMinutes(1),
                new LagBudget(0, 0),
                new ReplayPacer(0, executor, System::nanoTime, metrics),
                metrics);
    }

    public RoomRegistry registry() {
        return rooms;
    }

    /** @param since where the member was before, or null */
    public Answer join(RoomName name, Position since) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        OutboundQueue queue = new OutboundQueue(
                ManualTransport.immediate(),
                new OutboundBudget(new OutboundLimits(0, 0)),
                true,
                () -> 0,
                range -> EncodedFrame.of(FrameKind.REPLY, "behind"),
                metrics);
        Room room = rooms.open(name);
        Member member = new Member(queue, Member.Scope.ALL, new Answering(answer), null);
        rooms.join(room, member, since);
        Answer given = Stages.get(answer);
        rooms.leave(room, member);
        return given;
    }

    private record Answering(CompletableFuture<Answer> answer) implements Member.Listener {
        @Override
        public void joined(Position position, boolean recovered) {
            answer.complete(new Answer(position, recovered));
        }

        @Override
        public void unavailable() {
            answer.completeExceptionally(new IllegalStateException("unavailable"));
        }

        @Override
        public void behind(long from, Position position) {}
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
