package io.roomcast.browser;

import static org.junit.jupiter.api.Assumptions.abort;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The Chromium that is installed here, headless, for all tests of a class. They are skipped where there is none. */
final class Chromium implements BeforeAllCallback, AfterAllCallback {

    /** Path of the program, where it is not one of the usual names on the PATH. */
    private static final String PROPERTY = "roomcast.chromium";

    private static final List<String> USUAL_NAMES = List.of("chromium", "chromium-browser", "google-chrome");

    /** How long an assertion waits: a client that lost its connection may pause for some seconds before it returns. */
    private static final double PATIENCE_MS = 20_000;

    private Playwright playwright;
    private Browser browser;

    @Override
    public void beforeAll(ExtensionContext context) {
        Path program = find().orElseGet(() ->
                abort("No Chromium: install it (apt-get install chromium), or name one with -D" + PROPERTY + "=PATH"));
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MS);
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(program)
                        .setArgs(arguments()));
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (playwright != null) {
            playwright.close();
        }
    }

    Browser browser() {
        return browser;
    }

    private static Optional<Path> find() {
        String given = System.getProperty(PROPERTY);
        if (given != null) {
            return Optional.of(Path.of(given)).filter(Files::isExecutable);
        }
        String[] directories = System.getenv().getOrDefault("PATH", "").split(Pattern.quote(File.pathSeparator));
        return USUAL_NAMES.stream()
                .flatMap(name -> Stream.of(directories).map(directory -> Path.of(directory, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static List<String> arguments() {
        List<String> arguments = new ArrayList<>(List.of("--disable-dev-shm-usage"));
        if ("root".equals(System.getProperty("user.name"))) {
            // Chromium refuses to start its sandbox for root.
            arguments.add("--no-sandbox");
        }
        return arguments;
    }
}
