package io.roomcast.redis;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.redis.presence.PresenceCommands;
import io.roomcast.relay.PresenceStore;
import io.roomcast.relay.PresentNode;
import io.roomcast.support.Stages;
import java.time.Duration;

/** A node with presence, and what it is told. */
public final class PresenceNode extends PresentNode {
    final RedisNode relay;
    public final PresenceStore store;

    public PresenceNode(RedisSettings settings, Duration lease, int names) {
        relay = new RedisNode(settings);
        store = relay.relay.presence(lease);
        store.start(told, names);
    }

    /** Commands for leases of the test's own, which no store renews. */
    public PresenceCommands commands() {
        return relay.relay.presenceCommands(Duration.ofMinutes(1));
    }

    @Override
    protected PresenceStore store() {
        return store;
    }

    /** Once: Redis must answer. */
    @Override
    public void leave(RoomName room, String user) {
        Stages.get(store.leave(room, new UserId(user), "of-" + user));
    }

    /** Without waiting for an answer. */
    public void send(boolean enters, RoomName room, String user) {
        UserId id = new UserId(user);
        var unused = enters ? store.enter(room, User.of(id), "of-" + user) : store.leave(room, id, "of-" + user);
    }

    @Override
    public void vanish() {
        relay.close();
    }

    @Override
    public void close() {
        store.close();
        relay.close();
    }
}
