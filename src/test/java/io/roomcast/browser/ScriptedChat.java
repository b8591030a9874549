package io.roomcast.browser;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Tests of the chat page of somebody called ann, behind which there is a {@link ScriptedServer}. A test fails if a
 * script of the page has failed.
 */
@Timeout(120)
abstract class ScriptedChat {
    @RegisterExtension
    static final Chromium CHROMIUM = new Chromium();

    ChatPage ann;
    ScriptedServer server;

    @BeforeEach
    void open() {
        ann = ChatPage.with(CHROMIUM.browser());
        server = ScriptedServer.behind(ann.page());
    }

    @AfterEach
    void close() {
        ann.closeWithoutFailures();
    }

    /** Opens the page as ann in the room {@code lobby}. */
    final void enter() {
        ann.enter(ScriptedServer.HOME, "ann", "lobby");
    }
}
