package io.roomcast.service;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.ClientFrame;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a member of a room is answered, for each type of frame. */
class EveryFrameTest {
    private static final String REFUSED = "error\",\"code\":\"bad_request\",\"id\":7,";
    private static final Map<ClientFrame.Type, String> ANSWERS = Map.of(
            ClientFrame.Type.HELLO, REFUSED,
            ClientFrame.Type.REFRESH, REFUSED,
            ClientFrame.Type.JOIN, "joined",
            ClientFrame.Type.PUBLISH, "ack",
            ClientFrame.Type.SIGNAL, "signal",
            ClientFrame.Type.HISTORY, "history",
            ClientFrame.Type.MEMBERS, "members",
            ClientFrame.Type.LEAVE, "left",
            ClientFrame.Type.PING, "pong");

    @ParameterizedTest
    @EnumSource(ClientFrame.Type.class)
    void isServed(ClientFrame.Type type) {
        CoreFixture core = new CoreFixture(Map.of());
        CoreFixture.Client ann = core.enter("ann");
        core.advance(0);
        ann.send("{\"content\":\"the first frame is no hello\"}");
        core.advance(0);
        ann.news();
        ann.send("{\"type\":\"" + type.wire() + "\",\"id\":7,\"name\":\"typing\",\"content\":\"x\"}");
        core.advance(0);
        String answer = "{\"type\":\"" + ANSWERS.get(type) + '"';
        String news = ann.news();
        assertTrue(news.contains(answer), news);
    }
}
