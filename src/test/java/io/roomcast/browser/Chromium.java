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

/** The Chromium that is installed here, headless. Tests that want one are skipped where there is none. */
final class Chromium implements AutoCloseable {

    /** Path of the program, where it is not one of the usual names on the PATH. */
    private static final String PROPERTY = "roomcast.chromium";

    private static final List<String> USUAL_NAMES = List.of("chromium", "chromium-browser", "google-chrome");

    /** How long an assertion waits: a client that lost its connection may pause for some seconds before it returns. */
    private static final double PATIENCE_MS = 20_000;

    private final Playwright playwright;
    private final Browser browser;

    private Chromium(Path program) {
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(program)
                        .setArgs(arguments()));
    }

    static Chromium start() {
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MS);
        return new Chromium(find().orElseGet(() ->
                abort("No Chromium: install it (apt-get install chromium), or name one with -D" + PROPERTY + "=PATH")));
    }

    Browser browser() {
        return browser;
    }

    @Override
    public void close() {
        playwright.close();
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
