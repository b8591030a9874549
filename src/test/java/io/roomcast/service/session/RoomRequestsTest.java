package io.roomcast.service.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.protocol.RoomName;
import io.roomcast.support.Await;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What a session's requests leave behind; {@link AnswerOrderTest} has the order in which they are answered. */
class RoomRequestsTest {

    /** A member's listener may keep the request of its join. */
    @Test
    void whatWasAskedAndAnsweredIsForgotten() {
        RoomRequests requests = new RoomRequests(Runnable::run);
        List<RoomRequests.Request> kept = new ArrayList<>();
        requests.submit(new RoomName("lobby"), true, kept::add, () -> {});
        List<WeakReference<RoomRequests.Request>> asked = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            requests.submit(new RoomName("lobby"), false, request -> asked.add(answer(request)), () -> {});
        }
        kept.get(0).endAnswered();
        assertEquals(3, asked.size());
        Await.until("they are forgotten", () -> {
            System.gc();
            return asked.stream().allMatch(request -> request.get() == null);
        });
        assertEquals(1, kept.size());
    }

    private static WeakReference<RoomRequests.Request> answer(RoomRequests.Request request) {
        request.endInTurn();
        return new WeakReference<>(request);
    }

    /** The connection ends on one thread, while another takes what came on it before. */
    @Test
    void whatIsJoinedAsTheConnectionEndsIsLeft() {
        RoomRequests requests = new RoomRequests(Runnable::run);
        Set<RoomName> rooms = new HashSet<>();
        Supplier<Set<RoomName>> asItEnds = () -> {
            Set<RoomName> before = Set.copyOf(rooms);
            requests.submit(
                    new RoomName("lobby"),
                    true,
                    join -> answer(join, () -> rooms.add(new RoomName("lobby"))),
                    () -> {});
            return before;
        };
        requests.end(false, asItEnds, (room, leave) -> answer(leave, () -> rooms.remove(room)));
        assertEquals(Set.of(), rooms);
    }

    private static void answer(RoomRequests.Request request, Runnable action) {
        action.run();
        request.endAnswered();
    }
}
