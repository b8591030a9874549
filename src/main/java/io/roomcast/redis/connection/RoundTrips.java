package io.roomcast.redis.connection;

import io.roomcast.redis.connection.PipelineCommand.Answered;
import io.roomcast.relay.RelayUnavailableException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisMovedDataException;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/**
 * The batches of a {@link Pipeline} that are on their way to Redis. While Redis works on one, the next may be sent, so
 * that Redis need not wait for this node. Only the pipeline's thread uses this.
 *
 * <p>Redis may have forgotten the script of a call, and another node may load the script again before a later call is
 * carried out. Then the earlier call is refused. It is sent again only if no later command of the same hash slot was
 * carried out, since it would be carried out in the wrong order. No further batch is sent meanwhile. The same holds for a
 * call of several publishes that was refused as a whole: it is divided. Since it may be overtaken then, no publishes share
 * a call for some time afterwards.
 */
final class RoundTrips {
    private static final int MAX_BATCHES = 2;
    /** How often a batch is sent at most when Redis has forgotten the batch's scripts. */
    private static final int MAX_TRIES = 4;

    /** How long each publish has a call of its own after Redis has refused a call as a whole, in nanoseconds. */
    private static final long ALONE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private static final String REPLICA = "READONLY";
    /**
     * First words of the errors of a server that cannot serve now. Such a server is a replica, still reads its file, or
     * is cut off from its Cluster.
     */
    private static final List<String> CANNOT_SERVE = List.of(REPLICA, "LOADING", "MASTERDOWN", "CLUSTERDOWN");

    /** @param startedAt when the batch was sent, in nanoseconds */
    private record Batch(List<Sending> sendings, long startedAt) {}

    private final Pipeline.Server server;
    private final List<Script> scripts;
    private final ArrayDeque<Batch> batches = new ArrayDeque<>();
    /** Commands that belong to no batch yet. */
    private List<Answered> starting = List.of();

    private final List<Answered> callsToRepeat = new ArrayList<>();
    /** Hash slots of commands that were carried out after a call that is to be repeated. */
    private final BitSet overtaken = new BitSet();

    private int tries = 1;
    /** Whether each call that is to be repeated is for one publish only. */
    private boolean alone;
    /** Whether each publish that is sent before {@code aloneUntil} has a call of its own. */
    private boolean lastingAlone;

    private long aloneUntil;

    private boolean moved;
    private JedisDataException serverFailure;

    /** @param scripts those that each connection must load */
    RoundTrips(Pipeline.Server server, List<Script> scripts) {
        this.server = server;
        this.scripts = scripts;
    }

    boolean isEmpty() {
        return batches.isEmpty();
    }

    /** Whether another batch can be sent before the next reply is read. */
    boolean takesMore() {
        return batches.size() < MAX_BATCHES && callsToRepeat.isEmpty();
    }

    /** When the oldest batch was sent. There must be one. */
    long startedAt() {
        return batches.element().startedAt();
    }

    /**
     * Loads all scripts into a connection before its first batch. Otherwise a missing script would be noticed in the
     * middle of a batch, and a later command would run before its call.
     */
    void loadScripts(RedisConnection connection) {
        for (Script script : scripts) {
            connection.write(script.load());
        }
        connection.flush();
        for (int i = 0; i < scripts.size(); i++) {
            connection.read();
        }
    }

    /** @throws JedisException if the connection failed */
    void send(RedisConnection connection, List<Answered> commands, long now) {
        starting = commands;
        lastingAlone &= now - aloneUntil < 0;
        send(connection, new Batch(lastingAlone ? Sending.alone(commands) : Sending.of(commands), now));
        starting = List.of();
    }

    private void send(RedisConnection connection, Batch batch) {
        batches.add(batch); // First, so that a failure reaches those who wait.
        for (Sending sending : batch.sendings()) {
            connection.write(sending.arguments());
        }
        connection.flush();
    }

    /**
     * Reads the replies to the oldest batch, and completes what was carried out or refused.
     *
     * @throws JedisException if the connection failed, or the server cannot serve. Some replies may not be completed,
     *     and it is unknown whether Redis carried out their commands.
     */
    void receive(RedisConnection connection) {
        for (Sending sending : batches.element().sendings()) {
            Object reply = read(connection);
            if (reply instanceof JedisAccessControlException
                    && sending.waiting().size() > 1) {
                // A user of Redis may lack the right to the keys of one room: then Redis refuses the call as a whole.
                callsToRepeat.addAll(sending.waiting());
                alone = true;
                lastingAlone = true;
                aloneUntil = batches.element().startedAt() + ALONE_NANOS;
            } else {
                sending.distribute(reply, this::complete);
            }
        }
        if (moved) {
            moved = false;
            server.moved();
        }
        if (serverFailure != null) {
            if (serverFailure.getMessage().startsWith(REPLICA)) {
                server.demoted();
            }
            throw serverFailure; // All waiting commands fail, and the next batch connects again.
        }
        long startedAt = batches.remove().startedAt();
        if (batches.isEmpty()) {
            repeat(connection, startedAt);
        }
    }

    private static Object read(RedisConnection connection) {
        Object reply;
        try {
            reply = connection.read();
        } catch (JedisDataException e) {
            return e;
        }
        if (connection.isCut()) {
            throw new JedisConnectionException("the connection was cut");
        }
        return reply;
    }

    private void complete(Answered command, Object reply) {
        if (reply instanceof JedisNoScriptException && tries < MAX_TRIES) {
            callsToRepeat.add(command);
        } else if (reply instanceof JedisDataException refusal) {
            if (refusal instanceof JedisMovedDataException) {
                moved = true;
            } else if (cannotServe(refusal)) {
                serverFailure = refusal;
            }
            command.reply().completeExceptionally(unavailable(refusal));
        } else {
            if (!callsToRepeat.isEmpty()) {
                overtaken.set(command.slot());
            }
            command.reply().complete(reply);
        }
    }

    private void repeat(RedisConnection connection, long startedAt) {
        List<Answered> calls = new ArrayList<>();
        for (Answered call : callsToRepeat) {
            if (overtaken.get(call.slot())) {
                call.reply().completeExceptionally(new RelayUnavailableException("Redis had forgotten its scripts"));
            } else {
                calls.add(call);
            }
        }
        callsToRepeat.clear();
        overtaken.clear();
        tries = calls.isEmpty() ? 1 : tries + 1;
        if (!calls.isEmpty()) {
            loadScripts(connection);
            send(connection, new Batch(alone ? Sending.alone(calls) : Sending.of(calls), startedAt));
        }
        alone = false;
    }

    /** Fails everything that was sent and not answered. */
    void fail(RelayUnavailableException failure) {
        for (Batch batch : batches) {
            for (Sending sending : batch.sendings()) {
                sending.waiting().forEach(each -> each.reply().completeExceptionally(failure));
            }
        }
        callsToRepeat.forEach(each -> each.reply().completeExceptionally(failure));
        starting.forEach(each -> each.reply().completeExceptionally(failure));
        starting = List.of();
        batches.clear();
        callsToRepeat.clear();
        overtaken.clear();
        tries = 1;
        alone = false;
        moved = false;
        serverFailure = null;
    }

    private static boolean cannotServe(JedisDataException error) {
        String text = String.valueOf(error.getMessage());
        return CANNOT_SERVE.stream().anyMatch(text::startsWith);
    }

    static RelayUnavailableException unavailable(JedisException failure) {
        String text = "Redis: " + failure.getMessage();
        return failure instanceof JedisDataException && Refusal.of(text) != null
                ? RelayUnavailableException.nothingDone(text)
                : new RelayUnavailableException(text);
    }
}
