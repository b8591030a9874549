package io.roomcast.redis;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.redis.presence.PresenceCommands;
import io.roomcast.relay.PresenceStore;
import io.roomcast.relay.RelayUnavailableException;
import io.roomcast.support.RecordedPresence;
import io.roomcast.support.Stages;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;

/** A node with presence, and what it is told. */
public final class PresenceNode implements AutoCloseable {
    final RedisNode relay;
    public final PresenceStore store;
    public final RecordedPresence told = new RecordedPresence();

    public PresenceNode(RedisSettings settings, Duration lease, int names) {
        relay = new RedisNode(settings);
        store = relay.relay.presence(lease);
        store.start(told, names);
    }

    /** Commands for leases of the test's own, which no store renews. */
    public PresenceCommands commands() {
        return relay.relay.presenceCommands(Duration.ofMinutes(1));
    }

    public void watch(RoomName room) {
        Stages.get(store.watch(room));
    }

    /** As a client does: again, until it is let in. */
    public void enter(RoomName room, String user) {
        enter(room, User.of(new UserId(user)));
    }

    public void enter(RoomName room, User user) {
        untilAnswered(() -> store.enter(room, user, "of-" + user.id()));
    }

    public void leave(RoomName room, String user) {
        Stages.get(store.leave(room, new UserId(user), "of-" + user));
    }

    /** Without waiting for an answer. */
    public void send(boolean enters, RoomName room, String user) {
        UserId id = new UserId(user);
        var unused = enters ? store.enter(room, User.of(id), "of-" + user) : store.leave(room, id, "of-" + user);
    }

    private static void untilAnswered(Supplier<CompletionStage<?>> call) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            try {
                call.get().toCompletableFuture().join();
                return;
            } catch (CompletionException e) {
                assertTrue(e.getCause() instanceof RelayUnavailableException && System.nanoTime() < deadline);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }
    }

    /** Until Redis says so. */
    public void awaitRoster(RoomName room, String... users) {
        awaitRoster(room, user -> user.id().value(), List.of(users));
    }

    /** Until Redis says that these are the users and that they are shown so. */
    public void awaitShown(RoomName room, User... users) {
        awaitRoster(room, user -> user, List.of(users));
    }

    /** Also while Redis cannot be reached. */
    private <T> void awaitRoster(RoomName room, Function<User, T> part, List<T> expected) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            PresenceStore.Roster roster = store.roster(room, 1_000)
                    .toCompletableFuture()
                    .exceptionally(e -> null)
                    .join();
            if (roster != null
                    && roster.users().stream().map(part).toList().equals(expected)
                    && roster.count() == expected.size()) {
                return;
            }
            assertTrue(System.nanoTime() < deadline, "roster is " + roster + ", not " + expected);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    /** What SIGKILL does. */
    public void vanish() {
        relay.close();
    }

    @Override
    public void close() {
        store.close();
        relay.close();
    }
}
