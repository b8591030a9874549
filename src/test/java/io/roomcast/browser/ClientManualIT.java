package io.roomcast.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import io.roomcast.EmbeddedServer;
import io.roomcast.http.SecurityHeaders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The page in docs/client.md, as it stands there. */
@Timeout(120)
class ClientManualIT {

    @Test
    void theTenLinesMakeAWorkingPage() throws Exception {
        String manual = Files.readString(Path.of("docs/client.md"));
        String html = block(manual, "html");
        String script = block(manual, "js");
        try (Chromium chromium = Chromium.start();
                EmbeddedServer server = EmbeddedServer.start();
                Person person = Person.with(chromium.browser())) {
            Page page = person.page();
            page.route("**/mine.html", route -> route.fulfill(file("text/html", html)));
            page.route("**/mine.js", route -> route.fulfill(file("text/javascript", script)));
            page.navigate(server.uri().resolve("mine.html").toString());
            page.getByPlaceholder("Say something").fill("It works");
            page.getByPlaceholder("Say something").press("Enter");

            assertThat(page.locator("#log li")).hasText(new String[] {"ann: It works"});
            assertEquals(List.of(), person.failures());
        }
    }

    /** As the server would send it, were it beside {@code index.html}. */
    private static Route.FulfillOptions file(String type, String text) {
        Map<String, String> headers = new HashMap<>(SecurityHeaders.ALL);
        headers.put("Content-Type", type);
        return new Route.FulfillOptions().setHeaders(headers).setBody(text);
    }

    private static String block(String manual, String language) {
        int start = manual.indexOf("```" + language + "\n") + language.length() + 4;
        return manual.substring(start, manual.indexOf("```", start));
    }
}
