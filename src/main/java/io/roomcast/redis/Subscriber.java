package io.roomcast.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Listens to the channels of one Redis server, and connects again whenever the connection ends: because it broke, because nothing came
 * for six seconds (this node's own word comes every two), or because the server has nothing more to do with a channel.
 *
 * <p><b>Concurrency.</b> One thread reads, and calls {@link Events}. One other thread, a pipeline's, calls {@link #align} and {@link #flush}, the
 * only writes after the first. The channels of a connection are guarded by their monitor. A channel counts as subscribed when every SUBSCRIBE
 * that was sent for it is confirmed and no UNSUBSCRIBE was sent after: a confirmation may answer an earlier one.
 */
final class Subscriber {
    private static final Logger LOG = System.getLogger(Subscriber.class.getName());
    private static final int SILENCE_MILLIS = 6_000;

    /** Called on the subscriber's thread, which must not block; {@code align}'s on its caller's. */
    interface Events {
        /** There is a connection, with no room subscribed yet. */
        void connected();

        /** There is none, and {@code why} the next try failed, too. */
        void unreachable(String why);

        void subscribed(String room);

        void received(String room, Envelope envelope);

        void probed(String token);
    }

    /** What a connection is made to. */
    interface Server {
        Link connect(int silenceMillis);

        /** The channel that this node alone listens to, at this server. */
        byte[] nodeChannel();
    }

    private static final class Channel {
        boolean asked;
        int unconfirmed;
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Session(Link link, byte[] nodeChannel, Map<String, Channel> channels) {}

    private final Server server;
    private final Events events;
    private final Command subscribe;
    private final Command unsubscribe;
    private final Backoff backoff = new Backoff();
    private byte[] nodeChannel;
    private volatile Session session;
    private volatile boolean down;
    /** What was told of the outage that goes on: it is over when this node hears its own word, which other connections say. */
    private boolean lossTold;

    private boolean absenceTold;
    private volatile boolean closed;
    private Thread thread;

    Subscriber(Server server, Events events, boolean sharded) {
        this.server = server;
        this.events = events;
        this.subscribe = sharded ? Command.SSUBSCRIBE : Command.SUBSCRIBE;
        this.unsubscribe = sharded ? Command.SUNSUBSCRIBE : Command.UNSUBSCRIBE;
    }

    synchronized void start(ThreadFactory threads) {
        thread = threads.newThread(this::run);
        thread.setName("roomcast-redis-subscribe");
        thread.start();
    }

    /** Whether the last try to connect has failed. Any thread. */
    boolean isDown() {
        return down;
    }

    boolean isConnected() {
        return session != null;
    }

    /** Ends the thread; waits a second for it at most. */
    void close() {
        end();
        try {
            if (thread != null) {
                thread.join(1_000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** As {@link #close}, and waits for nothing. */
    void end() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        drop();
    }

    /** Cuts the connection, so that it is made anew. Any thread. */
    void drop() {
        Session open = session;
        if (open != null) {
            open.link().cut();
        }
    }

    /**
     * Subscribes the room's channel, or gives it up, if that has not been asked already.
     *
     * @return whether it is subscribed now
     */
    boolean align(String room, byte[] channelName, boolean wanted) {
        Session open = session;
        if (open == null) {
            return false;
        }
        Command command;
        synchronized (open.channels()) {
            Channel channel = open.channels().computeIfAbsent(room, r -> new Channel());
            if (channel.asked == wanted) {
                boolean subscribed = wanted && channel.unconfirmed == 0;
                forgetIfDone(open, room, channel);
                return subscribed;
            }
            channel.asked = wanted;
            channel.unconfirmed += wanted ? 1 : 0;
            command = wanted ? subscribe : unsubscribe;
            forgetIfDone(open, room, channel);
        }
        open.link().write(new CommandArguments(command).add(channelName));
        return false;
    }

    private static void forgetIfDone(Session open, String room, Channel channel) {
        if (!channel.asked && channel.unconfirmed == 0) {
            open.channels().remove(room);
        }
    }

    /** Subscribes again to what is subscribed: where that is refused now, the connection ends, instead of at the next room. */
    void proveItMay() {
        Session open = session;
        if (open != null) {
            open.link().write(new CommandArguments(subscribe).add(open.nodeChannel()));
            open.link().flush();
        }
    }

    void flush() {
        Session open = session;
        if (open != null) {
            open.link().flush();
        }
    }

    private void run() {
        while (!closed) {
            try (Link link = server.connect(SILENCE_MILLIS)) {
                listen(link);
            } catch (JedisException e) {
                lost(e);
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "the subscriber met an error", e);
                lost(new JedisException(e));
            }
            pause();
        }
    }

    private void listen(Link link) {
        nodeChannel = server.nodeChannel();
        link.write(new CommandArguments(subscribe).add(nodeChannel));
        link.flush();
        dispatch((List<?>) link.read());
        session = new Session(link, nodeChannel, new HashMap<>());
        down = false;
        backoff.reset();
        events.connected();
        while (!closed) {
            dispatch((List<?>) link.read());
        }
    }

    private void lost(JedisException failure) {
        boolean connected = session != null;
        session = null;
        if (closed) {
            return;
        }
        if (connected) {
            if (!lossTold) {
                LOG.log(Level.INFO, "lost the subscription to Redis: {0}", failure.getMessage());
            }
            lossTold = true;
        } else {
            if (!absenceTold) {
                LOG.log(Level.WARNING, "Redis cannot be reached: {0}", failure.getMessage());
            }
            absenceTold = true;
            down = true;
            events.unreachable(failure.getMessage());
        }
    }

    private synchronized void pause() {
        try {
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(backoff.next());
            for (long left = 1; !closed && left > 0; left = (end - System.nanoTime()) / 1_000_000) {
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
            case "unsubscribe" -> {} // Was asked for.
            case "sunsubscribe" -> given(name);
            default -> LOG.log(Level.DEBUG, "ignored what a later Redis may say");
        }
    }

    private void received(byte[] channel, Envelope envelope) {
        if (!Arrays.equals(channel, nodeChannel)) {
            events.received(RoomKeys.roomOf(channel), envelope);
            return;
        }
        over();
        if (envelope instanceof Envelope.Message probe) {
            events.probed(new String(probe.body(), UTF_8));
        }
    }

    private void over() {
        if (absenceTold) {
            LOG.log(Level.INFO, "Redis is back, at {0}", session.link().address());
        }
        absenceTold = false;
        lossTold = false;
    }

    private void confirmed(byte[] channelName) {
        Session open = session;
        if (open == null) {
            return; // The node's own.
        }
        String room = RoomKeys.roomOf(channelName);
        synchronized (open.channels()) {
            Channel channel = open.channels().get(room);
            if (channel == null) {
                return;
            }
            channel.unconfirmed--;
            forgetIfDone(open, room, channel);
            if (!channel.asked || channel.unconfirmed > 0) {
                return;
            }
        }
        events.subscribed(room);
    }

    /** A channel was given up; where nobody asked for it, its slot has moved to another server. */
    private void given(byte[] channelName) {
        Session open = session;
        boolean asked = Arrays.equals(channelName, nodeChannel);
        if (!asked && open != null) {
            synchronized (open.channels()) {
                Channel channel = open.channels().get(RoomKeys.roomOf(channelName));
                asked = channel != null && channel.asked && channel.unconfirmed == 0;
            }
        }
        if (asked) {
            throw new JedisException("slots have moved");
        }
    }
}
