package io.roomcast.redis;

import io.roomcast.relay.RelayUnavailableException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisMovedDataException;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/**
 * The connection of a {@link Pipeline}: takes a batch there and the answers back. Confined to the pipeline's thread, but for {@link #watch}
 * and {@link #cut}.
 */
final class RoundTrips {
    /** Times that a batch is sent because scripts were forgotten. */
    private static final int TRIES = 4;

    /** After so many batches in a row without an answer the server stands still: one alone may be a moment's load. */
    private static final int SILENCES = 2;

    private static final String REPLICA = "READONLY";
    private static final List<String> UNFIT = List.of(REPLICA, "LOADING", "MASTERDOWN", "CLUSTERDOWN");

    private final Pipeline.Server server;
    private final List<Script> scripts;
    private final long overdueNanos;
    private volatile Link link;
    /** When the batch that is on its way began; 0 for none. */
    private volatile long since;

    private int silences;

    /** @param overdueNanos after which a batch has failed */
    RoundTrips(Pipeline.Server server, List<Script> scripts, long overdueNanos) {
        this.server = server;
        this.scripts = scripts;
        this.overdueNanos = overdueNanos;
    }

    /**
     * Completes the replies.
     *
     * @throws JedisException when the connection failed: some may not be completed, and whether they were carried out is not known
     */
    void make(List<Work.Command> batch) {
        long now = System.nanoTime();
        since = now == 0 ? 1 : now;
        try {
            connect();
            List<Work.Command> left = batch;
            for (int tries = 1; !left.isEmpty(); tries++) {
                if (tries > 1) {
                    load();
                }
                left = roundTrip(left, tries < TRIES);
            }
            silences = 0;
        } catch (JedisException e) {
            cut();
            link = null;
            if (e.getCause() instanceof SocketTimeoutException && ++silences == SILENCES) {
                server.overdue();
            }
            throw e;
        } finally {
            since = 0;
        }
    }

    /** Cuts a connection on which a batch is overdue: a write to a server that has stopped reading would block for ever. */
    void watch() {
        long began = since;
        Link open = link;
        if (open != null && !open.isCut() && began != 0 && System.nanoTime() - began > overdueNanos) {
            open.cut();
            server.overdue();
        }
    }

    void cut() {
        Link open = link;
        if (open != null) {
            open.cut();
        }
    }

    private void connect() {
        if (link == null) {
            link = server.connect();
            load();
        }
    }

    /** So that no script is missing in the middle of a batch: what follows it would overtake it. */
    private void load() {
        for (Script script : scripts) {
            link.write(script.load());
        }
        link.flush();
        for (int i = 0; i < scripts.size(); i++) {
            link.read();
        }
    }

    /**
     * Answers what was carried out or refused.
     *
     * @return what has to be sent again, because Redis had forgotten its script. What a later command of the same slot has overtaken, since
     *     somebody loaded the script meanwhile, is refused: it would come behind what was said after it.
     */
    private List<Work.Command> roundTrip(List<Work.Command> batch, boolean again) {
        for (Work.Command command : batch) {
            link.write(command.arguments());
        }
        link.flush();
        List<Work.Command> forgotten = new ArrayList<>();
        BitSet overtaken = new BitSet();
        boolean moved = false;
        JedisDataException lost = null;
        for (Work.Command command : batch) {
            try {
                Object answer = link.read();
                if (link.isCut()) {
                    throw new JedisConnectionException("the connection was cut");
                }
                if (!forgotten.isEmpty()) {
                    overtaken.set(command.slot());
                }
                command.reply().complete(answer);
            } catch (JedisNoScriptException e) {
                if (again) {
                    forgotten.add(command);
                } else {
                    command.reply().completeExceptionally(unavailable(e));
                }
            } catch (JedisMovedDataException e) {
                moved = true;
                command.reply().completeExceptionally(unavailable(e));
            } catch (JedisDataException e) {
                lost = isServerUnfit(e) ? e : lost;
                command.reply().completeExceptionally(unavailable(e));
            }
        }
        if (moved) {
            server.moved();
        }
        if (lost != null) {
            if (lost.getMessage().startsWith(REPLICA)) {
                server.demoted();
            }
            throw lost; // What is left fails, and the next batch looks for the server anew.
        }
        forgotten.removeIf(command -> isRefused(command, overtaken));
        return forgotten;
    }

    private static boolean isRefused(Work.Command command, BitSet overtaken) {
        if (overtaken.get(command.slot())) {
            command.reply().completeExceptionally(new RelayUnavailableException("Redis had forgotten its scripts"));
            return true;
        }
        return false;
    }

    /** Whether the server itself cannot serve now: it became a replica, is still reading its file, or is cut off. */
    private static boolean isServerUnfit(JedisDataException error) {
        String text = String.valueOf(error.getMessage());
        return UNFIT.stream().anyMatch(text::startsWith);
    }

    private static RelayUnavailableException unavailable(JedisException failure) {
        return Pipeline.unavailable(failure);
    }
}
