package io.roomcast.relay;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.PresenceStore.Roster;
import io.roomcast.support.Await;
import io.roomcast.support.RecordedPresence;
import io.roomcast.support.Stages;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/** A node with presence, and what it is told. */
public abstract class PresentNode implements AutoCloseable {
    public final RecordedPresence told = new RecordedPresence();

    /** The same one at each call. */
    protected abstract PresenceStore store();

    /** What SIGKILL does to a node. */
    public abstract void vanish();

    @Override
    public abstract void close();

    public final void watch(RoomName room) {
        Stages.get(store().watch(room));
    }

    /** As a client does: again, until it is let in. */
    public final void enter(RoomName room, String user) {
        enter(room, User.of(new UserId(user)));
    }

    public final void enter(RoomName room, User user) {
        Stages.untilAnswered(() -> store().enter(room, user, "of-" + user.id()));
    }

    public void leave(RoomName room, String user) {
        Stages.untilAnswered(() -> store().leave(room, new UserId(user), "of-" + user));
    }

    /** Until the broker says so. */
    public final void awaitRoster(RoomName room, String... users) {
        awaitRoster(room, user -> user.id().value(), List.of(users));
    }

    /** Until the broker says that these are the users and that they are shown so. */
    public final void awaitShown(RoomName room, User... users) {
        awaitRoster(room, user -> user, List.of(users));
    }

    /** Also while the broker cannot be reached. */
    private <T> void awaitRoster(RoomName room, Function<User, T> part, List<T> expected) {
        AtomicReference<Roster> last = new AtomicReference<>();
        Await.until(() -> "roster is " + last.get() + ", not " + expected, 20, () -> {
            Roster roster = store().roster(room, 1_000)
                    .toCompletableFuture()
                    .exceptionally(e -> null)
                    .join();
            last.set(roster);
            return roster != null
                    && roster.users().stream().map(part).toList().equals(expected)
                    && roster.count() == expected.size();
        });
    }
}
