package io.roomcast.redis.connection;

import java.util.concurrent.CompletableFuture;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.args.Rawable;

/** What a {@link Pipeline} runs. */
public sealed interface PipelineCommand {

    /** What Redis answers. */
    sealed interface Answered extends PipelineCommand {
        /** Hash slot of the keys: see {@link RoomKeys#slot}. Commands of the same slot are run in the order of submission. */
        int slot();

        /** Fails with {@link io.roomcast.relay.RelayUnavailableException}. */
        CompletableFuture<Object> reply();
    }

    /** A command for Redis. */
    record Request(int slot, CommandArguments arguments, CompletableFuture<Object> reply) implements Answered {

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

    /**
     * Messages of one room, which are published by a call of publish.lua together with those of others.
     *
     * @param reply completes with the answers of publish.lua for these messages
     */
    record Publish(RoomPublish content, CompletableFuture<Object> reply) implements Answered {

        public Publish(RoomPublish content) {
            this(content, new CompletableFuture<>());
        }

        @Override
        public int slot() {
            return content.keys().slot();
        }

        @Override
        public int bytes() {
            return content.bytes();
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
