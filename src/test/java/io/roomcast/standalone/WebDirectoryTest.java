package io.roomcast.standalone;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.roomcast.http.files.FileAnswer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebDirectoryTest {
    @TempDir
    private Path directory;

    private final AtomicLong millis = new AtomicLong();
    private WebDirectory files;

    @BeforeEach
    void open() throws IOException {
        Files.createDirectories(directory.resolve("js"));
        Files.createDirectories(directory.resolve("WEB-INF"));
        Files.writeString(directory.resolve("index.html"), "<script src=\"js/a.js\"></script>");
        Files.writeString(directory.resolve("js/a.js"), "one");
        Files.writeString(directory.resolve("WEB-INF/a.js"), "hidden");
        files = new WebDirectory(directory, () -> MILLISECONDS.toNanos(millis.get()));
    }

    private String text(String path) {
        millis.addAndGet(100);
        FileAnswer answer = files.answer(path, null, null);
        return answer == null ? null : new String(answer.body(), StandardCharsets.UTF_8);
    }

    private String script() {
        Matcher script = Pattern.compile("src=\"(v/[0-9a-f]+/js/a.js)\"").matcher(text("/"));
        return script.find() ? "/" + script.group(1) : text("/");
    }

    @Test
    void whoeverChangesAFileSeesItWithThePage() throws IOException {
        String before = script();
        assertEquals("one", text(before));
        Files.writeString(directory.resolve("js/a.js"), "another");
        assertEquals("one", text(before), "the page in between is whole");
        String after = script();
        assertEquals("another", text(after));
        assertNull(text(before));
        Files.writeString(directory.resolve("js/b.js"), "new");
        assertEquals("new", text("/js/b.js"));
        Files.delete(directory.resolve("js/b.js"));
        assertNull(text("/js/b.js"));
    }

    @Test
    void whatCannotBeReadStaysAsItWas() throws IOException {
        byte[] before = files.answer("/", null, null).body();
        Files.move(directory, directory.resolveSibling(directory.getFileName() + ".away"));
        try {
            millis.addAndGet(100);
            assertArrayEquals(before, files.answer("/", null, null).body());
            assertEquals("one", text("/js/a.js"));
        } finally {
            Files.move(directory.resolveSibling(directory.getFileName() + ".away"), directory);
        }
    }

    @Test
    void manyRequestsInAMomentLookOnce() throws IOException {
        assertEquals("one", text("/js/a.js"));
        Files.writeString(directory.resolve("js/a.js"), "another");
        millis.addAndGet(99);
        assertEquals(3, files.answer("/js/a.js", null, null).body().length);
        millis.addAndGet(1);
        assertEquals(7, files.answer("/js/a.js", null, null).body().length);
    }

    @Test
    void theInsideAndLargeFilesAreNotThere() throws IOException {
        Files.write(directory.resolve("js/large.js"), new byte[(1 << 20) + 1]);
        assertNull(text("/WEB-INF/a.js"));
        assertNull(text("/js/large.js"));
    }
}
