package io.roomcast.service;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.Patience;
import io.roomcast.protocol.RoomName;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What a session's requests leave behind; {@link AnswerOrderTest} has the order in which they are answered. */
class RequestsTest {

    /** A member's listener may keep the request that let it in. */
    @Test
    void whatWasAskedAndAnsweredIsForgotten() {
        Requests requests = new Requests(Runnable::run);
        List<Requests.Request> kept = new ArrayList<>();
        requests.ask(new RoomName("lobby"), true, kept::add, () -> {});
        List<WeakReference<Requests.Request>> asked = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            requests.ask(new RoomName("lobby"), false, request -> asked.add(answer(request)), () -> {});
        }
        kept.get(0).answered();
        assertEquals(3, asked.size());
        Patience.await("they are forgotten", () -> {
            System.gc();
            return asked.stream().allMatch(request -> request.get() == null);
        });
        assertEquals(1, kept.size());
    }

    private static WeakReference<Requests.Request> answer(Requests.Request request) {
        request.answer(() -> {});
        return new WeakReference<>(request);
    }

    /** The connection ends on one thread, while another takes what came on it before. */
    @Test
    void whatIsJoinedAsTheConnectionEndsIsLeft() {
        Requests requests = new Requests(Runnable::run);
        Set<RoomName> rooms = new HashSet<>();
        Supplier<Set<RoomName>> asItEnds = () -> {
            Set<RoomName> before = Set.copyOf(rooms);
            requests.ask(
                    new RoomName("lobby"),
                    true,
                    join -> answer(join, () -> rooms.add(new RoomName("lobby"))),
                    () -> {});
            return before;
        };
        requests.end(false, asItEnds, (room, leave) -> answer(leave, () -> rooms.remove(room)));
        assertEquals(Set.of(), rooms);
    }

    private static void answer(Requests.Request request, Runnable action) {
        action.run();
        request.answered();
    }
}
