package io.roomcast.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.metrics.RelayMetrics;
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
final class Shard {
    private final String name;
    private final Master master;
    private final Connector connector;
    private final Pipeline publisher;
    private final Pipeline reader;
    private final Subscriber subscriber;
    private final Breaker breaker;
    private final Supplier<String> nodeChannel;
    private final Supplier<Witness> witness;
    private final RelayMetrics metrics;
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
    Shard(
            String name,
            Master master,
            Connector connector,
            List<Script> scripts,
            Supplier<String> nodeChannel,
            Supplier<Witness> witness,
            Subscriber.Events events,
            boolean sharded,
            RelayMetrics metrics,
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

    /** Another server has come for this one: nothing that it says counts from now on. Returns at once. */
    void leave() {
        subscriber.end();
    }

    /** To be called now and then. */
    void watch() {
        publisher.watch();
        reader.watch();
    }

    /** Writes, unless Redis is known to be away or too much waits: then it fails at once. */
    CompletionStage<Object> publish(int slot, CommandArguments arguments) {
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
    CompletionStage<Object> read(int slot, CommandArguments arguments, boolean bounded) {
        Work.Command command = new Work.Command(slot, arguments);
        if (!(bounded ? reader.offer(command) : reader.submit(command))) {
            command.reply().completeExceptionally(new RelayUnavailableException("too much waits for Redis"));
        }
        return command.reply();
    }

    /** Runs on the reader's thread, behind the reads that were asked for before. */
    void run(Runnable task) {
        reader.submit(new Work.Task(task));
    }

    Subscriber subscriber() {
        return subscriber;
    }

    Breaker breaker() {
        return breaker;
    }

    Witness witness() {
        return currentWitness;
    }

    /** Leaves the witness's mark, and sees that it finds the data as it knows them. */
    void beat() {
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
    void sayEnd() {
        if (breaker.isClosed()) {
            var unused = publish(currentWitness.slot(), currentWitness.end());
        }
    }

    String nodeChannel() {
        return currentNodeChannel;
    }

    int waiting() {
        return publisher.waiting();
    }

    @Override
    public String toString() {
        return name;
    }

    private Link connect(String purpose, int readTimeout, boolean judged) {
        Link link = connector.open(master.find(), purpose, readTimeout);
        try {
            Witness judge = witness.get();
            judge.lines().join(link, runOfMaster(link));
            if (judged) {
                judge(link, judge);
            }
            if (!connected.add(purpose)) {
                metrics.reconnected();
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

    private static String runOfMaster(Link link) {
        link.write(new CommandArguments(Protocol.Command.ROLE));
        link.write(new CommandArguments(Protocol.Command.INFO).add("server"));
        link.flush();
        if (!"master".equals(new String((byte[]) ((List<?>) link.read()).get(0), UTF_8))) {
            throw new JedisConnectionException(link.address() + " is a replica");
        }
        String info = new String((byte[]) link.read(), UTF_8);
        return info.lines()
                .filter(line -> line.startsWith("run_id:"))
                .findFirst()
                .orElse("");
    }

    private void judge(Link link, Witness judge) {
        try {
            judge.judge(link);
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
        public Link connect() {
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
        public void overdue() {
            cut();
        }
    }

    private final class PublishServer extends ReadServer {
        @Override
        public Link connect() {
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
        public Link connect(int silenceMillis) {
            return Shard.this.connect("subscribe", silenceMillis, false);
        }

        @Override
        public byte[] nodeChannel() {
            currentNodeChannel = nodeChannel.get();
            return currentNodeChannel.getBytes(UTF_8);
        }
    }
}
