package io.roomcast.redis.connection;

import java.util.concurrent.CompletableFuture;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.args.Rawable;

/** What a {@link Pipeline} runs, in the order of submission. */
public sealed interface PipelineCommand {

    /**
     * A command for Redis.
     *
     * @param slot hash slot of the command's keys: see {@link RoomKeys#slot}
     * @param reply fails with {@link io.roomcast.relay.RelayUnavailableException}
     */
    record Request(int slot, CommandArguments arguments, CompletableFuture<Object> reply) implements PipelineCommand {

        public Request(int slot, CommandArguments arguments) {
            this(slot, arguments, new CompletableFuture<>());
        }

        /** Approximate size on the wire. */
        @Override
        public int bytes() {
            int bytes = 16;
            for (Rawable argument : arguments) {
                bytes += argument.getRaw().length + 16;
            }
            return bytes;
        }
    }

    /** An action on the pipeline's thread. */
    record Task(Runnable action) implements PipelineCommand {
        @Override
        public int bytes() {
            return 0;
        }
    }

    /** Approximate bytes that the command takes in the queue. */
    int bytes();
}
