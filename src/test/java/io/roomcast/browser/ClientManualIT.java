package io.roomcast.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Page;
import io.roomcast.EmbeddedServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The page in docs/client.md, as it stands there. */
@Timeout(120)
class ClientManualIT {

    @Test
    void theTenLinesMakeAWorkingPage() throws Exception {
        String manual = Files.readString(Path.of("docs/client.md"));
        int start = manual.indexOf("```html\n") + "```html\n".length();
        String tenLines = manual.substring(start, manual.indexOf("```", start));
        try (Chromium chromium = Chromium.start();
                EmbeddedServer server = EmbeddedServer.start();
                Person person = Person.with(chromium.browser())) {
            Page page = person.page();
            // Chromium lets only a page that really came from this computer connect to it.
            page.navigate(server.uri().toString());
            page.setContent(tenLines);
            page.getByPlaceholder("Say something").fill("It works");
            page.getByPlaceholder("Say something").press("Enter");

            assertThat(page.locator("#log li")).hasText(new String[] {"ann: It works"});
            assertEquals(List.of(), person.failures());
        }
    }
}
