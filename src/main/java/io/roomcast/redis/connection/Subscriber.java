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
 * Listens to the channels of one Redis server. The subscriber connects again whenever the connection ends. A connection
 * ends if it breaks, or if the hash slot of a channel moves to another server. It also ends if nothing arrives for six
 * seconds, since the node's own keep-alive should arrive every two seconds.
 *
 * <p><b>Concurrency.</b> The subscriber's thread reads, and calls the {@link ServerEvents}. It also subscribes the
 * node's own channel first. All later writes are made by the thread of one pipeline, which calls
 * {@link #setSubscribed}, {@link #flush} and {@link #checkPermission}. The map of channels is guarded by its own
 * monitor. A channel counts as subscribed when every SUBSCRIBE for it is confirmed and no UNSUBSCRIBE was sent later.
 * Otherwise a confirmation could be that of an earlier command.
 */
public final class Subscriber {
    private static final Logger LOG = System.getLogger(Subscriber.class.getName());
    private static final int SILENCE_MILLIS = 6_000;

    /** Receives what happens at the server. Called on the subscriber's thread. No method may block. */
    public interface ServerEvents {
        /** Reports a new connection, on which no room is subscribed yet. */
        void connected();

        /** Reports that the server cannot be reached. {@code why} is the last failure. */
        void unreachable(String why);

        /**
         * Reports that the room's channel is subscribed now.
         *
         * @param run run of the server that publishes on this channel: see {@link RedisConnection#serverRun()}
         */
        void subscribed(String room, String run);

        /** Passes on what arrived on the room's channel. */
        void received(String room, Envelope envelope);

        /** Reports that the message of a probe of this node has arrived. */
        void probed(String token);

        /** Passes on a question to this node. */
        void asked(Envelope.Question question);

        /** Passes on the answer to a question of this node. */
        void answered(Envelope.Answer answer);
    }

    /** Connects to the server to which the subscriber listens. Called on the subscriber's thread. */
    public interface Endpoint {
        /**
         * Makes a connection. May block.
         *
         * @param silenceMillis the connection fails if nothing arrives for this time
         * @throws JedisException if the server cannot be reached
         */
        RedisConnection connect(int silenceMillis);

        /** The channel of this node alone at this server. May be another one for each connection. */
        byte[] nodeChannel();
    }

    private static final class Channel {
        /** Whether this node has sent SUBSCRIBE, and no UNSUBSCRIBE after it. */
        boolean wanted;
        /** How many SUBSCRIBE commands are not confirmed yet. */
        int unconfirmed;
    }

    /** @param channels the channels of rooms on this connection, by the names of the rooms */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record OpenConnection(RedisConnection connection, byte[] nodeChannel, Map<String, Channel> channels) {}

    /** Growing pauses between attempts. Half of a pause is random, so that not all nodes connect at the same moment. */
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

    private final Endpoint endpoint;
    private final ServerEvents events;
    private final LongSupplier nanoClock;
    private final Command subscribe;
    private final Command unsubscribe;
    private final Backoff backoff = new Backoff();
    private byte[] nodeChannel;
    /** Null while there is no connection. */
    private volatile OpenConnection current;

    private volatile boolean lastConnectFailed;
    /**
     * Whether the loss of the connection was logged in the current outage. An outage ends when this node receives a
     * message of its own, which another connection publishes. Only used by the subscriber's thread.
     */
    private boolean lossLogged;

    /** Whether a failed connection attempt was logged in the current outage. */
    private boolean unreachableLogged;

    private volatile boolean closed;
    private Thread thread;

    /**
     * @param sharded whether the server belongs to a Cluster
     * @param nanoClock as {@link System#nanoTime}
     */
    public Subscriber(Endpoint endpoint, ServerEvents events, boolean sharded, LongSupplier nanoClock) {
        this.endpoint = endpoint;
        this.events = events;
        this.nanoClock = nanoClock;
        this.subscribe = sharded ? Command.SSUBSCRIBE : Command.SUBSCRIBE;
        this.unsubscribe = sharded ? Command.SUNSUBSCRIBE : Command.UNSUBSCRIBE;
    }

    public synchronized void start(ThreadFactory threads) {
        thread = threads.newThread(this::connectAndListen);
        thread.setName("roomcast-redis-subscribe");
        thread.start();
    }

    /** Whether the last connection attempt failed. Any thread. */
    public boolean isDown() {
        return lastConnectFailed;
    }

    boolean isConnected() {
        return current != null;
    }

    /** Ends the thread. Waits at most a second for its end. */
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

    /** As {@link #close}, but does not wait. */
    public void end() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        cut();
    }

    /** Cuts the connection, so that a new one is made. Any thread. */
    public void cut() {
        OpenConnection open = current;
        if (open != null) {
            open.connection().cut();
        }
    }

    /**
     * Writes SUBSCRIBE or UNSUBSCRIBE for a room's channel, if that changes whether the channel is wanted. The command
     * is sent by the next {@link #flush}, or earlier.
     *
     * @return the run of the server if the channel is subscribed now, else null
     */
    public String setSubscribed(String room, byte[] channelName, boolean wanted) {
        OpenConnection open = current;
        if (open == null) {
            return null;
        }
        Command command;
        synchronized (open.channels()) {
            Channel channel = open.channels().computeIfAbsent(room, r -> new Channel());
            if (channel.wanted == wanted) {
                boolean subscribed = wanted && channel.unconfirmed == 0;
                removeIfUnused(open, room, channel);
                return subscribed ? open.connection().serverRun() : null;
            }
            channel.wanted = wanted;
            channel.unconfirmed += wanted ? 1 : 0;
            command = wanted ? subscribe : unsubscribe;
            removeIfUnused(open, room, channel);
        }
        open.connection().write(new CommandArguments(command).add(channelName));
        return null;
    }

    private static void removeIfUnused(OpenConnection open, String room, Channel channel) {
        if (!channel.wanted && channel.unconfirmed == 0) {
            open.channels().remove(room);
        }
    }

    /**
     * Subscribes the node's channel again. If Redis refuses this, the connection ends at once, and not at the next
     * room's subscription.
     */
    public void checkPermission() {
        OpenConnection open = current;
        if (open != null) {
            open.connection().write(new CommandArguments(subscribe).add(open.nodeChannel()));
            open.connection().flush();
        }
    }

    /** Sends what was written. */
    public void flush() {
        OpenConnection open = current;
        if (open != null) {
            open.connection().flush();
        }
    }

    private void connectAndListen() {
        while (!closed) {
            try (RedisConnection connection = endpoint.connect(SILENCE_MILLIS)) {
                listen(connection);
            } catch (JedisException e) {
                connectionLost(e);
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "the subscriber met an error", e);
                connectionLost(new JedisException(e));
            }
            pause();
        }
    }

    private void listen(RedisConnection connection) {
        nodeChannel = endpoint.nodeChannel();
        connection.write(new CommandArguments(subscribe).add(nodeChannel));
        connection.flush();
        dispatch((List<?>) connection.read());
        current = new OpenConnection(connection, nodeChannel, new HashMap<>());
        lastConnectFailed = false;
        backoff.reset();
        events.connected();
        while (!closed) {
            dispatch((List<?>) connection.read());
        }
    }

    private void connectionLost(JedisException failure) {
        boolean connected = current != null;
        current = null;
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
            lastConnectFailed = true;
            events.unreachable(failure.getMessage());
        }
    }

    private synchronized void pause() {
        try {
            long end = nanoClock.getAsLong() + TimeUnit.MILLISECONDS.toNanos(backoff.next());
            for (long millisLeft = 1;
                    !closed && millisLeft > 0;
                    millisLeft = (end - nanoClock.getAsLong()) / 1_000_000) {
                wait(millisLeft);
            }
        } catch (InterruptedException e) {
            closed = true;
        }
    }

    private void dispatch(List<?> push) {
        byte[] name = (byte[]) push.get(1);
        switch (new String((byte[]) push.get(0), UTF_8)) {
            case "message", "smessage" -> received(name, Envelope.parse((byte[]) push.get(2)));
            case "subscribe", "ssubscribe" -> subscribeConfirmed(name);
            case "unsubscribe" -> {} // Only comes after this node's own UNSUBSCRIBE.
            case "sunsubscribe" -> unsubscribed(name);
            default -> LOG.log(Level.DEBUG, "an unknown push message of Redis was ignored");
        }
    }

    private void received(byte[] channel, Envelope envelope) {
        if (!Arrays.equals(channel, nodeChannel)) {
            events.received(RoomKeys.roomOf(channel), envelope);
            return;
        }
        endOutage();
        if (envelope instanceof Envelope.Message probe) {
            events.probed(new String(probe.body(), UTF_8));
        } else if (envelope instanceof Envelope.Question question) {
            events.asked(question);
        } else if (envelope instanceof Envelope.Answer answer) {
            events.answered(answer);
        }
    }

    private void endOutage() {
        if (unreachableLogged) {
            LOG.log(Level.INFO, "Redis is back, at {0}", current.connection().address());
        }
        unreachableLogged = false;
        lossLogged = false;
    }

    private void subscribeConfirmed(byte[] channelName) {
        OpenConnection open = current;
        if (open == null) {
            return; // The confirmation is that of the node's own channel.
        }
        String room = RoomKeys.roomOf(channelName);
        synchronized (open.channels()) {
            Channel channel = open.channels().get(room);
            if (channel == null) {
                return;
            }
            channel.unconfirmed--;
            removeIfUnused(open, room, channel);
            if (!channel.wanted || channel.unconfirmed > 0) {
                return;
            }
        }
        events.subscribed(room, open.connection().serverRun());
    }

    /** Handles the end of a subscription. If this node did not request it, the channel's hash slot has moved. */
    private void unsubscribed(byte[] channelName) {
        OpenConnection open = current;
        boolean wanted = Arrays.equals(channelName, nodeChannel);
        if (!wanted && open != null) {
            synchronized (open.channels()) {
                Channel channel = open.channels().get(RoomKeys.roomOf(channelName));
                wanted = channel != null && channel.wanted && channel.unconfirmed == 0;
            }
        }
        if (wanted) {
            throw new JedisException("the slot of a channel has moved");
        }
    }
}
