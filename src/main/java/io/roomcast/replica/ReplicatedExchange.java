package io.roomcast.replica;

import io.roomcast.relay.BeatExchange;
import io.roomcast.relay.ExchangePart;
import io.roomcast.relay.Futures;
import io.roomcast.replica.LogRecord.Kind;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;

/** Asks the other nodes by notes, which all nodes hear. The thread of the log passes them on. */
final class ReplicatedExchange extends BeatExchange {
    /** What a note has besides the content of the part. */
    private static final int HEADER_BYTES = 512;

    private final Replica replica;

    /** @param node name of this node */
    ReplicatedExchange(String node, Replica replica, ScheduledExecutorService timer, LongSupplier nanoClock) {
        super(UUID.randomUUID().toString(), node, timer, nanoClock);
        this.replica = replica;
    }

    /** Else this node does not hear its own beats. */
    @Override
    protected boolean isReady() {
        return true;
    }

    @Override
    protected long maxPartBytes() {
        return (long) replica.maxNoteBytes() - HEADER_BYTES;
    }

    @Override
    protected void send(ExchangePart part) {
        replica.send(new Note.Part(part).encode());
    }

    @Override
    public CompletionStage<byte[]> agree(String name, byte[] proposal) {
        return Futures.map(replica.call(0, Kind.PROPOSE, name, Head.SILENT, proposal, byte[].class), byte[]::clone);
    }
}
