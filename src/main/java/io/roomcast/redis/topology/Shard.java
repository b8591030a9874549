package io.roomcast.redis.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.redis.connection.Breaker;
import io.roomcast.redis.connection.Connector;
import io.roomcast.redis.connection.MasterLocator;
import io.roomcast.redis.connection.Pipeline;
import io.roomcast.redis.connection.PipelineCommand;
import io.roomcast.redis.connection.RedisConnection;
import io.roomcast.redis.connection.RoomPublish;
import io.roomcast.redis.connection.Script;
import io.roomcast.redis.connection.Subscriber;
import io.roomcast.relay.RelayUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisMovedDataException;

/**
 * A Redis server that takes writes, with the connections of this node to the server. There are three connections: one
 * for publishes, one for reads, and one for subscriptions. Each connection has a thread of its own. Any thread may call
 * any method.
 */
public final class Shard {
    private static final String RUN_ID = "run_id:";
    /**
     * Number of leading digits of the {@code run_id} that are used, of 40 hexadecimal digits. Not all are used, since
     * each message contains the digits.
     */
    private static final int RUN_LENGTH = 12;

    private final String name;
    private final MasterLocator master;
    private final Connector connector;
    private final Pipeline publisher;
    private final Pipeline reader;
    private final Subscriber subscriber;
    private final Breaker breaker;
    private final Supplier<String> newNodeChannel;
    private final Supplier<DataLineage> findLineage;
    private final NodeMetrics metrics;
    private final Runnable onReconnect;
    /** The purposes for which there was a connection before. The next connection for such a purpose is a reconnect. */
    private final Set<String> connectedPurposes = ConcurrentHashMap.newKeySet();

    private volatile String currentNodeChannel;
    private volatile DataLineage currentLineage;

    /**
     * @param newNodeChannel names a channel for this node alone, in a hash slot of this server
     * @param findLineage finds the lineage of this server's data
     * @param onReconnect called after a connection for commands was made again, before it takes commands
     * @param nanoClock as {@link System#nanoTime}
     */
    public Shard(
            String name,
            MasterLocator master,
            Connector connector,
            List<Script> scripts,
            Supplier<String> newNodeChannel,
            Supplier<DataLineage> findLineage,
            Subscriber.ServerEvents events,
            boolean sharded,
            NodeMetrics metrics,
            Runnable onReconnect,
            LongSupplier nanoClock) {
        this.name = name;
        this.master = master;
        this.connector = connector;
        this.newNodeChannel = newNodeChannel;
        this.metrics = metrics;
        this.onReconnect = onReconnect;
        this.currentNodeChannel = newNodeChannel.get();
        this.findLineage = findLineage;
        this.currentLineage = findLineage.get();
        Duration timeout = Duration.ofMillis(connector.timeoutMillis());
        this.breaker = new Breaker(name, timeout, nanoClock);
        long overdueNanos = timeout.multipliedBy(3).dividedBy(2).toNanos();
        this.publisher = new Pipeline("publish", new PublishServer(), scripts, nanoClock, overdueNanos);
        this.reader = new Pipeline("read", new ReadServer(), scripts, nanoClock, overdueNanos);
        this.subscriber = new Subscriber(new SubscribeEndpoint(), events, sharded, nanoClock);
    }

    void start(ThreadFactory threads) {
        publisher.start(threads);
        reader.start(threads);
        subscriber.start(threads);
    }

    /** Completes the publishes, within a few seconds, and then ends all threads. */
    void close() {
        publisher.close();
        reader.close();
        subscriber.close();
    }

    /**
     * Ends the subscription, since other servers have all slots of this server now. Ignores what this server still
     * publishes. Never blocks.
     */
    void abandon() {
        subscriber.end();
    }

    /** Cuts connections whose batch is overdue. To be called regularly. */
    public void checkTimeouts() {
        publisher.checkTimeout();
        reader.checkTimeout();
    }

    /** Sends a write. Fails at once if the breaker is open, or if too many commands are waiting. */
    public CompletionStage<Object> publish(int slot, CommandArguments arguments) {
        return submit(new PipelineCommand.Request(slot, arguments));
    }

    /** As {@link #publish(int, CommandArguments)}, for messages of a room. */
    public CompletionStage<Object> publish(RoomPublish messages) {
        return submit(new PipelineCommand.Publish(messages));
    }

    private CompletionStage<Object> submit(PipelineCommand.Answered command) {
        if (!breaker.tryAcquire()) {
            command.reply().completeExceptionally(RelayUnavailableException.nothingDone("Redis does not answer"));
        } else if (!publisher.offer(command)) {
            breaker.release();
            command.reply()
                    .completeExceptionally(RelayUnavailableException.nothingDone("too many commands wait for Redis"));
        }
        return command.reply();
    }

    /**
     * Sends a read, or a write that may wait behind reads.
     *
     * @param bounded whether the command fails at once when too many commands are waiting
     */
    public CompletionStage<Object> read(int slot, CommandArguments arguments, boolean bounded) {
        PipelineCommand.Request command = new PipelineCommand.Request(slot, arguments);
        if (!(bounded ? reader.offer(command) : reader.submit(command))) {
            command.reply().completeExceptionally(new RelayUnavailableException("too many commands wait for Redis"));
        }
        return command.reply();
    }

    /** Runs a task on the reader's thread, after the reads that were submitted before. */
    public void runOnReader(Runnable task) {
        reader.submit(new PipelineCommand.Task(task));
    }

    /** The connection for subscriptions. */
    public Subscriber subscriber() {
        return subscriber;
    }

    Breaker breaker() {
        return breaker;
    }

    /** The lineage of the data that were verified last. */
    public DataLineage lineage() {
        return currentLineage;
    }

    /** Writes this node's mark, and cuts the connections if Redis has lost data. To be called once a second. */
    public void writeMark() {
        DataLineage current = currentLineage;
        DataLineage.MarkCommand markCommand = current.nextMarkCommand();
        if (markCommand != null) {
            read(current.slot(), markCommand.command(), false).whenComplete((reply, failure) -> {
                if (failure != null) {
                    current.noteMarkFailure(failure);
                } else if (!current.takeMarkReply(markCommand, reply)) {
                    publisher.cut();
                    reader.cut();
                }
            });
        }
    }

    /** Writes to Redis, after the last publish, that this node has stopped. */
    public void announceStop() {
        if (breaker.isClosed()) {
            var unused = publish(currentLineage.slot(), currentLineage.endCommand());
        }
    }

    /** The channel at this server that only this node subscribes to. */
    public String nodeChannel() {
        return currentNodeChannel;
    }

    /** Number of commands that wait for the publishing connection. */
    public int waitingPublishes() {
        return publisher.waitingCommands();
    }

    @Override
    public String toString() {
        return name;
    }

    /** @param withVerification whether the data of the server must be verified before the connection is used */
    private RedisConnection connect(String purpose, int readTimeout, boolean withVerification) {
        RedisConnection connection = connector.open(master.find(), purpose, readTimeout);
        try {
            DataLineage lineage = findLineage.get();
            connection.setServerRun(runOfMaster(connection));
            lineage.connections().add(connection);
            if (withVerification) {
                verify(connection, lineage);
            }
            if (!connectedPurposes.add(purpose)) {
                metrics.increment(Counter.RELAY_RECONNECTS);
                if (withVerification) {
                    onReconnect.run();
                }
            }
            return connection;
        } catch (JedisException e) {
            connection.cut();
            throw e;
        }
    }

    /** The beginning of the {@code run_id} of the server's process. Throws an exception if the server is a replica. */
    private static String runOfMaster(RedisConnection connection) {
        connection.write(new CommandArguments(Protocol.Command.ROLE));
        connection.write(new CommandArguments(Protocol.Command.INFO).add("server"));
        connection.flush();
        if (!"master".equals(new String((byte[]) ((List<?>) connection.read()).get(0), UTF_8))) {
            throw new JedisConnectionException(connection.address() + " is a replica");
        }
        String info = new String((byte[]) connection.read(), UTF_8);
        return info.lines()
                .filter(line -> line.startsWith(RUN_ID))
                .map(line -> line.substring(RUN_ID.length(), Math.min(line.length(), RUN_ID.length() + RUN_LENGTH)))
                .findFirst()
                .orElse("");
    }

    private void verify(RedisConnection connection, DataLineage lineage) {
        try {
            lineage.verify(connection);
            currentLineage = lineage;
        } catch (JedisMovedDataException e) {
            master.moved();
            throw e;
        }
    }

    /** Cuts all three connections. */
    private void cut() {
        publisher.cut();
        reader.cut();
        subscriber.cut();
    }

    private class ReadServer implements Pipeline.Server {
        @Override
        public RedisConnection connect() {
            return Shard.this.connect("read", connector.timeoutMillis(), true);
        }

        @Override
        public void moved() {
            master.moved();
        }

        @Override
        public void demoted() {
            cut();
        }

        @Override
        public void hung() {
            cut();
        }
    }

    private final class PublishServer extends ReadServer {
        @Override
        public RedisConnection connect() {
            return Shard.this.connect("publish", connector.timeoutMillis(), true);
        }

        @Override
        public void answered(long nanos) {
            breaker.answered(nanos);
        }

        @Override
        public void failed(long nanos, JedisException failure) {
            breaker.failed(nanos, failure);
        }
    }

    private final class SubscribeEndpoint implements Subscriber.Endpoint {
        @Override
        public RedisConnection connect(int silenceMillis) {
            return Shard.this.connect("subscribe", silenceMillis, false);
        }

        @Override
        public byte[] nodeChannel() {
            currentNodeChannel = newNodeChannel.get();
            return currentNodeChannel.getBytes(UTF_8);
        }
    }
}
