package io.roomcast.redis.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.redis.connection.Breaker;
import io.roomcast.redis.connection.Connector;
import io.roomcast.redis.connection.MasterLocator;
import io.roomcast.redis.connection.Pipeline;
import io.roomcast.redis.connection.RedisConnection;
import io.roomcast.redis.connection.Script;
import io.roomcast.redis.connection.Subscriber;
import io.roomcast.redis.connection.Work;
import io.roomcast.relay.RelayUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisMovedDataException;

/** One Redis server that takes writes, with the three connections, of one thread each, that this node has to it. */
public final class Shard {
    private final String name;
    private final MasterLocator master;
    private final Connector connector;
    private final Pipeline publisher;
    private final Pipeline reader;
    private final Subscriber subscriber;
    private final Breaker breaker;
    private final Supplier<String> nodeChannel;
    private final Supplier<Witness> witness;
    private final NodeMetrics metrics;
    private final Runnable renewed;
    /** What has been connected before, so that the next connection is one made anew. */
    private final Set<String> connected = ConcurrentHashMap.newKeySet();

    private volatile String currentNodeChannel;
    private volatile Witness currentWitness;

    /**
     * @param nodeChannel a channel for this node alone, that this server is in charge of
     * @param witness of the data that this server is in charge of
     * @param renewed called when a connection that takes commands was made anew, before it takes any
     */
    public Shard(
            String name,
            MasterLocator master,
            Connector connector,
            List<Script> scripts,
            Supplier<String> nodeChannel,
            Supplier<Witness> witness,
            Subscriber.Events events,
            boolean sharded,
            NodeMetrics metrics,
            Runnable renewed) {
        this.name = name;
        this.master = master;
        this.connector = connector;
        this.nodeChannel = nodeChannel;
        this.metrics = metrics;
        this.renewed = renewed;
        this.currentNodeChannel = nodeChannel.get();
        this.witness = witness;
        this.currentWitness = witness.get();
        Duration timeout = Duration.ofMillis(connector.timeoutMillis());
        this.breaker = new Breaker(name, timeout);
        long overdue = timeout.multipliedBy(3).dividedBy(2).toNanos();
        this.publisher = new Pipeline("publish", new PublishServer(), scripts, overdue);
        this.reader = new Pipeline("read", new ReadServer(), scripts, overdue);
        this.subscriber = new Subscriber(new SubscribeServer(), events, sharded);
    }

    void start(ThreadFactory threads) {
        publisher.start(threads);
        reader.start(threads);
        subscriber.start(threads);
    }

    /** Finishes the publishes, then ends all threads. */
    void close() {
        publisher.close();
        reader.close();
        subscriber.close();
    }

    /** To be called now and then. */
    public void watch() {
        publisher.watch();
        reader.watch();
    }

    /** Writes, unless Redis is known to be away or too much waits: then it fails at once. */
    public CompletionStage<Object> publish(int slot, CommandArguments arguments) {
        Work.Command command = new Work.Command(slot, arguments);
        if (!breaker.permit()) {
            command.reply().completeExceptionally(new RelayUnavailableException("Redis does not answer"));
        } else if (!publisher.offer(command)) {
            breaker.release();
            command.reply().completeExceptionally(new RelayUnavailableException("too much waits for Redis"));
        }
        return command.reply();
    }

    /** @param bounded whether it is refused when too much waits */
    public CompletionStage<Object> read(int slot, CommandArguments arguments, boolean bounded) {
        Work.Command command = new Work.Command(slot, arguments);
        if (!(bounded ? reader.offer(command) : reader.submit(command))) {
            command.reply().completeExceptionally(new RelayUnavailableException("too much waits for Redis"));
        }
        return command.reply();
    }

    /** Runs on the reader's thread, behind the reads that were asked for before. */
    public void run(Runnable task) {
        reader.submit(new Work.Task(task));
    }

    public Subscriber subscriber() {
        return subscriber;
    }

    Breaker breaker() {
        return breaker;
    }

    public Witness witness() {
        return currentWitness;
    }

    /** Leaves the witness's mark, and sees that it finds the data as it knows them. */
    public void beat() {
        Witness judge = currentWitness;
        Witness.Beat beat = judge.beat();
        if (beat != null) {
            read(judge.slot(), beat.command(), false).whenComplete((reply, failure) -> {
                if (failure != null) {
                    judge.unanswered(failure);
                } else if (!judge.answered(beat, reply)) {
                    publisher.cut();
                    reader.cut();
                }
            });
        }
    }

    /** Behind the last publish: says that this node will do nothing more. */
    public void sayEnd() {
        if (breaker.isClosed()) {
            var unused = publish(currentWitness.slot(), currentWitness.end());
        }
    }

    public String nodeChannel() {
        return currentNodeChannel;
    }

    public int waiting() {
        return publisher.waiting();
    }

    @Override
    public String toString() {
        return name;
    }

    private RedisConnection connect(String purpose, int readTimeout, boolean judged) {
        RedisConnection link = connector.open(master.find(), purpose, readTimeout);
        try {
            link.write(new CommandArguments(Protocol.Command.ROLE));
            link.flush();
            if (!"master".equals(new String((byte[]) ((List<?>) link.read()).get(0), UTF_8))) {
                throw new JedisConnectionException(link.address() + " is a replica");
            }
            if (judged) {
                judge(link);
            }
            if (!connected.add(purpose)) {
                metrics.increment(Counter.RELAY_RECONNECTS);
                if (judged) {
                    renewed.run();
                }
            }
            return link;
        } catch (JedisException e) {
            link.cut();
            throw e;
        }
    }

    private void judge(RedisConnection link) {
        Witness judge = witness.get();
        try {
            judge.judge(link, this::cut);
            currentWitness = judge;
        } catch (JedisMovedDataException e) {
            master.moved();
            throw e;
        }
    }

    private void cut() {
        publisher.cut();
        reader.cut();
        subscriber.drop();
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

    private final class SubscribeServer implements Subscriber.Server {
        @Override
        public RedisConnection connect(int silenceMillis) {
            return Shard.this.connect("subscribe", silenceMillis, false);
        }

        @Override
        public byte[] nodeChannel() {
            currentNodeChannel = nodeChannel.get();
            return currentNodeChannel.getBytes(UTF_8);
        }
    }
}
