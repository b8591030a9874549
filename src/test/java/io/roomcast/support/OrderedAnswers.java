package io.roomcast.support;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/**
 * Clients that send many requests about one room without waiting, while others publish there. Answers come in the order
 * of the requests, and everything else about the room comes between {@code joined} and {@code left}.
 */
public final class OrderedAnswers {
    private static final int ROUNDS = 25;
    private static final List<String> REQUESTS =
            List.of("join", "publish", "publish", "publish", "mistake", "leave", "history", "members");
    /** Requests that need no join. */
    private static final List<String> ANYWHERE = List.of("history", "members");

    private final Random random;
    private final String room = TestServer.newRoom();
    private final List<String> asked = new ArrayList<>();
    private final List<String> due = new ArrayList<>();
    private boolean joined;

    private OrderedAnswers(long seed) {
        random = new Random(seed);
    }

    /** @param nodes where a user's connection goes; the one who speaks is on the last, the others on the first */
    public static void check(List<Function<String, URI>> nodes, long seed) {
        OrderedAnswers answers = new OrderedAnswers(seed);
        try (RoomClient speaker = RoomClient.connect(nodes.get(nodes.size() - 1).apply("speaker"))) {
            speaker.say("{'type':'join','room':'" + answers.room + "'}");
            speaker.next("joined");
            for (int round = 0; round < ROUNDS; round++) {
                answers.check(nodes.get(0).apply("hasty-" + round), speaker);
            }
        }
    }

    private void check(URI uri, RoomClient speaker) {
        ask();
        try (RoomClient hasty = RoomClient.connect(uri)) {
            if (random.nextBoolean()) {
                hasty.say(String.join("\n", asked));
            } else {
                asked.forEach(hasty::say);
            }
            for (int i = 0; i < 5; i++) {
                speaker.say("{'room':'" + room + "','content':'meanwhile'}");
            }
            List<Frame> told = new ArrayList<>();
            do {
                told.add(hasty.next());
            } while (!told.get(told.size() - 1).has("id")
                    || told.get(told.size() - 1).number("id") < asked.size());
            speaker.say("{'room':'" + room + "','idempotencyKey':'" + uri + "','content':'afterwards'}");
            speaker.next("ack");
            told.addAll(hasty.everythingUntilNow());
            check(told);
        }
    }

    /** Leaves in the end. */
    private void ask() {
        asked.clear();
        due.clear();
        joined = false;
        for (int i = random.nextInt(12); i >= 0; i--) {
            ask(REQUESTS.get(random.nextInt(REQUESTS.size())));
        }
        ask("join");
        ask("leave");
    }

    private void ask(String type) {
        int id = asked.size() + 1;
        String content = type.equals("publish") ? ",'content':'" + id + "'" : "";
        asked.add("{'type':'" + (type.equals("mistake") ? "publish" : type) + "','id':" + id + ",'room':'" + room + "'"
                + content + "}");
        joined = joined || type.equals("join");
        due.add((joined || ANYWHERE.contains(type) ? answer(type) : "error") + id);
        joined = joined && !type.equals("leave");
    }

    private static String answer(String type) {
        return switch (type) {
            case "join" -> "joined";
            case "publish" -> "ack";
            case "leave" -> "left";
            case "mistake" -> "error";
            default -> type;
        };
    }

    private void check(List<Frame> told) {
        List<String> answers = told.stream()
                .filter(frame -> frame.has("id"))
                .map(frame -> frame.type() + frame.number("id"))
                .toList();
        assertEquals(due, answers);
        boolean inside = false;
        for (Frame frame : told) {
            if (frame.is("joined")) {
                inside = true;
            } else if (frame.is("left")) {
                inside = false;
            } else if (frame.has("room") && !frame.is("error") && !ANYWHERE.contains(frame.type())) {
                assertTrue(inside, () -> frame + " of a room that it is not in, in " + told);
            }
        }
    }
}
