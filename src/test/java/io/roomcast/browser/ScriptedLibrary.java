package io.roomcast.browser;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The client library in a page, and a server that follows a script. Fails where the page notes an error. */
@Timeout(120)
abstract class ScriptedLibrary {
    static final String ROOM = "lobby";

    @RegisterExtension
    static final Chromium CHROMIUM = new Chromium();

    ChatPage person;
    LibraryPage page;
    ScriptedServer server;

    @BeforeEach
    void openPage() {
        person = ChatPage.with(CHROMIUM.browser());
        page = new LibraryPage(person.page());
        server = ScriptedServer.behind(person.page());
        // Any page will do that does not start the chat itself.
        person.page().navigate(ScriptedServer.HOME.resolve("img/favicon.svg").toString());
    }

    @AfterEach
    void closePage() {
        person.closeWithoutFailures();
    }

    static List<String> messages(long from, long to) {
        return LongStream.rangeClosed(from, to)
                .mapToObj(offset -> ScriptedServer.message(ROOM, offset))
                .toList();
    }
}
