package io.roomcast.service;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.ClientFrame;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a member of a room is answered, for each type of frame. */
class EveryFrameTest {
    private static final String REFUSED = "error\",\"code\":\"bad_request\",\"id\":7,";
    private static final Map<ClientFrame.Type, String> ANSWERS = Map.ofEntries(
            Map.entry(ClientFrame.Type.HELLO, REFUSED),
            Map.entry(ClientFrame.Type.REFRESH, REFUSED),
            Map.entry(ClientFrame.Type.JOIN, "joined"),
            Map.entry(ClientFrame.Type.PUBLISH, "ack"),
            Map.entry(ClientFrame.Type.SIGNAL, "signal"),
            Map.entry(ClientFrame.Type.HISTORY, "history"),
            Map.entry(ClientFrame.Type.SEARCH, "error\",\"code\":\"not_implemented\",\"id\":7,"),
            Map.entry(ClientFrame.Type.MEMBERS, "members"),
            Map.entry(ClientFrame.Type.LEAVE, "left"),
            Map.entry(ClientFrame.Type.REMOVE, "error\",\"code\":\"forbidden\",\"id\":7,"),
            Map.entry(ClientFrame.Type.PING, "pong"));

    @ParameterizedTest
    @EnumSource(ClientFrame.Type.class)
    void isServed(ClientFrame.Type type) {
        CoreFixture core = new CoreFixture(Map.of());
        CoreFixture.Client ann = core.enter("ann");
        core.advance(0);
        ann.send("{\"content\":\"the first frame is no hello\"}");
        core.advance(0);
        ann.news();
        ann.send("{\"type\":\"" + type.wire()
                + "\",\"id\":7,\"signal\":\"typing\",\"content\":\"x\",\"user\":\"bob\",\"text\":\"x\"}");
        core.advance(0);
        String answer = "{\"type\":\"" + ANSWERS.get(type) + '"';
        String news = ann.news();
        assertTrue(news.contains(answer), news);
    }
}
