package io.roomcast.support.workload;

import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Asks one node for the members of a room, as a member that joins for the question. */
public final class MemberList {
    private static final String ASKER = "asker";
    private static final long PATIENCE_SECONDS = 5;

    private MemberList() {}

    /** @return the names, without the asker's own; null when there was no answer */
    public static Set<String> of(Function<String, URI> node, String room) {
        CompletableFuture<Set<String>> names = new CompletableFuture<>();
        FrameSocket socket = new FrameSocket(frame -> read(frame, names), () -> names.complete(null));
        socket.connect(node.apply(ASKER), () -> {
            socket.join(room, null);
            socket.send(Map.of("type", "members", "id", 2, "room", room));
        });
        try {
            return names.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } finally {
            socket.abort();
        }
    }

    @SuppressWarnings("unchecked") // an array of users is a list of maps
    private static void read(Map<String, Object> frame, CompletableFuture<Set<String>> names) {
        if ("members".equals(frame.get("type"))) {
            Set<String> users = new HashSet<>();
            ((List<Map<String, Object>>) frame.get("users")).forEach(user -> users.add((String) user.get("id")));
            users.remove(ASKER);
            names.complete(users);
        } else if ("error".equals(frame.get("type"))) {
            names.complete(null);
        }
    }
}
