package io.roomcast.replica;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.lease.PresenceBook.ChangeReply;
import io.roomcast.lease.PresenceBook.EvictReply;
import io.roomcast.lease.PresenceState;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.UserText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A change of the users of a room, as a record has it. The text begins with {@code ACTION LIMIT LEASE}; a line for each
 * user follows.
 *
 * @param limit most users of the room, or most users to evict
 * @param asking those of the users who are not entered by a {@link Action#RECONCILE}, but stay if they are in the room
 */
record PresenceCommand(Action action, int limit, String lease, List<User> users, Set<UserId> asking) {
    private static final String ASKING = "?";

    enum Action {
        ENTER,
        LEAVE,
        RECONCILE,
        EVICT
    }

    static byte[] encode(Action action, int limit, String lease, Collection<User> users, Set<UserId> asking) {
        StringBuilder text = new StringBuilder(64);
        text.append(action.name()).append(' ').append(limit).append(' ').append(lease);
        users.forEach(user -> text.append('\n')
                .append(asking.contains(user.id()) ? ASKING : "+")
                .append(UserText.line(user)));
        return text.toString().getBytes(UTF_8);
    }

    /** @return null if another version, or something else, has written it */
    static PresenceCommand decode(byte[] body) {
        try {
            String[] lines = new String(body, UTF_8).split("\n", -1);
            String[] first = lines[0].split(" ", 3);
            List<User> users = new ArrayList<>(lines.length - 1);
            Set<UserId> asking = new HashSet<>(0);
            for (int i = 1; i < lines.length; i++) {
                User user = UserText.parse(lines[i].substring(1));
                users.add(user);
                if (lines[i].startsWith(ASKING)) {
                    asking.add(user.id());
                }
            }
            return new PresenceCommand(Action.valueOf(first[0]), Integer.parseInt(first[1]), first[2], users, asking);
        } catch (IllegalArgumentException | IndexOutOfBoundsException | ProtocolException e) {
            return null;
        }
    }

    /**
     * Carries it out.
     *
     * @return a {@link ChangeReply} without a revision, or an {@link EvictReply}
     */
    Object apply(PresenceState state, PresenceState.Update update, long millis) {
        if (action == Action.EVICT) {
            return new EvictReply(update.evict(lease, limit, millis));
        }
        if (state.isFenced(lease)) {
            return new ChangeReply(true, false, 0, 0, false);
        }
        boolean changed = false;
        switch (action) {
            case ENTER -> {
                Set<UserId> ids = users.stream().map(User::id).collect(Collectors.toSet());
                if (limit > 0 && !state.hasPlaceFor(ids, limit)) {
                    return new ChangeReply(false, true, 0, state.count(), false);
                }
                for (User user : users) {
                    changed |= update.enter(lease, user);
                }
            }
            case LEAVE -> {
                for (User user : users) {
                    changed |= update.leave(lease, user.id());
                }
            }
            default ->
                update.reconcile(
                        lease,
                        users.stream()
                                .filter(user -> !asking.contains(user.id()) || state.isPresent(user.id()))
                                .toList());
        }
        return new ChangeReply(false, false, 0, state.count(), changed);
    }
}
