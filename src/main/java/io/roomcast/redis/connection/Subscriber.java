package io.roomcast.redis.connection;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Listens to the channels of one Redis server. It connects again whenever the connection ends: because it broke,
 * because nothing came for six seconds (the node's own keep-alive comes every two), or because the slot of a channel
 * moved to another server.
 *
 * <p><b>Concurrency.</b> One thread reads, and calls the {@link Listener}. The thread of a pipeline calls
 * {@link #setSubscribed} and {@link #flush}, which make all writes after the first. The channels of a connection are
 * guarded by their monitor. A channel counts as subscribed when every SUBSCRIBE for it is confirmed and no UNSUBSCRIBE
 * was sent later: a confirmation may answer an earlier command.
 */
public final class Subscriber {
    private static final Logger LOG = System.getLogger(Subscriber.class.getName());
    private static final int SILENCE_MILLIS = 6_000;

    /** Called on the subscriber's thread; must not block. */
    public interface Listener {
        /** A connection was made, and no room is subscribed on it yet. */
        void connected();

        /** The server cannot be reached; {@code why} is the last failure. */
        void unreachable(String why);

        /** @param run of the server that publishes on this channel: see {@link RedisConnection#serverRun()} */
        void subscribed(String room, String run);

        void received(String room, Envelope envelope);

        /** A probe of this node came back. */
        void probed(String token);
    }

    /** The server to listen to. */
    public interface Server {
        RedisConnection connect(int silenceMillis);

        /** The channel of this node alone at this server. */
        byte[] nodeChannel();
    }

    private static final class Channel {
        boolean asked;
        int unconfirmed;
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Session(RedisConnection connection, byte[] nodeChannel, Map<String, Channel> channels) {}

    /** Growing pauses between tries, each with a random half, so that many nodes do not connect at the same moment. */
    private static final class Backoff {
        private static final long FIRST_MILLIS = 100;
        private static final long LONGEST_MILLIS = 2_000;

        private long millis = FIRST_MILLIS;

        long next() {
            long pause = millis / 2 + ThreadLocalRandom.current().nextLong(millis / 2 + 1);
            millis = Math.min(millis * 2, LONGEST_MILLIS);
            return pause;
        }

        void reset() {
            millis = FIRST_MILLIS;
        }
    }

    private final Server server;
    private final Listener listener;
    private final LongSupplier nanoClock;
    private final Command subscribe;
    private final Command unsubscribe;
    private final Backoff backoff = new Backoff();
    private byte[] nodeChannel;
    private volatile Session session;
    private volatile boolean down;
    /**
     * What was logged of the current outage. It ends when this node receives a message of its own, which other
     * connections publish. Used by the subscriber's thread.
     */
    private boolean lossLogged;

    private boolean unreachableLogged;
    private volatile boolean closed;
    private Thread thread;

    /**
     * @param sharded whether the server belongs to a Cluster
     * @param nanoClock as {@link System#nanoTime}
     */
    public Subscriber(Server server, Listener listener, boolean sharded, LongSupplier nanoClock) {
        this.server = server;
        this.listener = listener;
        this.nanoClock = nanoClock;
        this.subscribe = sharded ? Command.SSUBSCRIBE : Command.SUBSCRIBE;
        this.unsubscribe = sharded ? Command.SUNSUBSCRIBE : Command.UNSUBSCRIBE;
    }

    public synchronized void start(ThreadFactory threads) {
        thread = threads.newThread(this::run);
        thread.setName("roomcast-redis-subscribe");
        thread.start();
    }

    /** Whether the last try to connect failed. Any thread. */
    public boolean isDown() {
        return down;
    }

    boolean isConnected() {
        return session != null;
    }

    /** Ends the thread. Waits for it for a second at most. */
    public void close() {
        end();
        try {
            if (thread != null) {
                thread.join(1_000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** As {@link #close}, and does not wait. */
    public void end() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        cut();
    }

    /** Cuts the connection, so that a new one is made. Any thread. */
    public void cut() {
        Session open = session;
        if (open != null) {
            open.connection().cut();
        }
    }

    /**
     * Sends SUBSCRIBE or UNSUBSCRIBE for a room's channel, unless that was sent already.
     *
     * @return the run of the server if the channel is subscribed now, else null
     */
    public String setSubscribed(String room, byte[] channelName, boolean wanted) {
        Session open = session;
        if (open == null) {
            return null;
        }
        Command command;
        synchronized (open.channels()) {
            Channel channel = open.channels().computeIfAbsent(room, r -> new Channel());
            if (channel.asked == wanted) {
                boolean subscribed = wanted && channel.unconfirmed == 0;
                removeIfDone(open, room, channel);
                return subscribed ? open.connection().serverRun() : null;
            }
            channel.asked = wanted;
            channel.unconfirmed += wanted ? 1 : 0;
            command = wanted ? subscribe : unsubscribe;
            removeIfDone(open, room, channel);
        }
        open.connection().write(new CommandArguments(command).add(channelName));
        return null;
    }

    private static void removeIfDone(Session open, String room, Channel channel) {
        if (!channel.asked && channel.unconfirmed == 0) {
            open.channels().remove(room);
        }
    }

    /**
     * Subscribes the node's channel again. If Redis refuses that now, the connection ends at once, and not at the next
     * room.
     */
    public void checkPermission() {
        Session open = session;
        if (open != null) {
            open.connection().write(new CommandArguments(subscribe).add(open.nodeChannel()));
            open.connection().flush();
        }
    }

    public void flush() {
        Session open = session;
        if (open != null) {
            open.connection().flush();
        }
    }

    private void run() {
        while (!closed) {
            try (RedisConnection connection = server.connect(SILENCE_MILLIS)) {
                listen(connection);
            } catch (JedisException e) {
                lost(e);
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "the subscriber met an error", e);
                lost(new JedisException(e));
            }
            pause();
        }
    }

    private void listen(RedisConnection connection) {
        nodeChannel = server.nodeChannel();
        connection.write(new CommandArguments(subscribe).add(nodeChannel));
        connection.flush();
        dispatch((List<?>) connection.read());
        session = new Session(connection, nodeChannel, new HashMap<>());
        down = false;
        backoff.reset();
        listener.connected();
        while (!closed) {
            dispatch((List<?>) connection.read());
        }
    }

    private void lost(JedisException failure) {
        boolean connected = session != null;
        session = null;
        if (closed) {
            return;
        }
        if (connected) {
            if (!lossLogged) {
                LOG.log(Level.INFO, "the subscription to Redis was lost: {0}", failure.getMessage());
            }
            lossLogged = true;
        } else {
            if (!unreachableLogged) {
                LOG.log(Level.WARNING, "Redis cannot be reached: {0}", failure.getMessage());
            }
            unreachableLogged = true;
            down = true;
            listener.unreachable(failure.getMessage());
        }
    }

    private synchronized void pause() {
        try {
            long end = nanoClock.getAsLong() + TimeUnit.MILLISECONDS.toNanos(backoff.next());
            for (long left = 1; !closed && left > 0; left = (end - nanoClock.getAsLong()) / 1_000_000) {
                wait(left);
            }
        } catch (InterruptedException e) {
            closed = true;
        }
    }

    private void dispatch(List<?> push) {
        byte[] name = (byte[]) push.get(1);
        switch (new String((byte[]) push.get(0), UTF_8)) {
            case "message", "smessage" -> received(name, Envelope.parse((byte[]) push.get(2)));
            case "subscribe", "ssubscribe" -> confirmed(name);
            case "unsubscribe" -> {} // This node asked for it.
            case "sunsubscribe" -> unsubscribed(name);
            default -> LOG.log(Level.DEBUG, "an unknown push message of Redis was ignored");
        }
    }

    private void received(byte[] channel, Envelope envelope) {
        if (!Arrays.equals(channel, nodeChannel)) {
            listener.received(RoomKeys.roomOf(channel), envelope);
            return;
        }
        endOutage();
        if (envelope instanceof Envelope.Message probe) {
            listener.probed(new String(probe.body(), UTF_8));
        }
    }

    private void endOutage() {
        if (unreachableLogged) {
            LOG.log(Level.INFO, "Redis is back, at {0}", session.connection().address());
        }
        unreachableLogged = false;
        lossLogged = false;
    }

    private void confirmed(byte[] channelName) {
        Session open = session;
        if (open == null) {
            return; // The node's own channel.
        }
        String room = RoomKeys.roomOf(channelName);
        synchronized (open.channels()) {
            Channel channel = open.channels().get(room);
            if (channel == null) {
                return;
            }
            channel.unconfirmed--;
            removeIfDone(open, room, channel);
            if (!channel.asked || channel.unconfirmed > 0) {
                return;
            }
        }
        listener.subscribed(room, open.connection().serverRun());
    }

    /** A channel was unsubscribed. If this node did not ask for that, its slot has moved to another server. */
    private void unsubscribed(byte[] channelName) {
        Session open = session;
        boolean wanted = Arrays.equals(channelName, nodeChannel);
        if (!wanted && open != null) {
            synchronized (open.channels()) {
                Channel channel = open.channels().get(RoomKeys.roomOf(channelName));
                wanted = channel != null && channel.asked && channel.unconfirmed == 0;
            }
        }
        if (wanted) {
            throw new JedisException("the slot of a channel has moved");
        }
    }
}
