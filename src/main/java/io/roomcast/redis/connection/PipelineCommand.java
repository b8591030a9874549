package io.roomcast.redis.connection;

import java.util.concurrent.CompletableFuture;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.args.Rawable;

/** What a {@link Pipeline} does, in the order in which it was handed over. */
public sealed interface Work {

    /**
     * @param slot of the Cluster that the keys are in
     * @param reply fails with {@link io.roomcast.relay.RelayUnavailableException}
     */
    record Command(int slot, CommandArguments arguments, CompletableFuture<Object> reply) implements Work {

        public Command(int slot, CommandArguments arguments) {
            this(slot, arguments, new CompletableFuture<>());
        }

        /** About what it takes on the wire. */
        @Override
        public int bytes() {
            int bytes = 16;
            for (Rawable argument : arguments) {
                bytes += argument.getRaw().length + 16;
            }
            return bytes;
        }
    }

    /** Something else that belongs on the pipeline's thread. */
    record Task(Runnable action) implements Work {
        @Override
        public int bytes() {
            return 0;
        }
    }

    int bytes();
}
