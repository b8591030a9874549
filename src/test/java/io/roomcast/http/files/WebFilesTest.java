package io.roomcast.http.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebFilesTest {
    private static final String MAIN = "import { part } from './part.js';\npart();\n";
    private static final Map<String, String> SITE = Map.of(
            "/index.html",
            """
            <link rel="stylesheet" href="css/base.css">
              <script type="module" src="js/app/main.js"></script>
            <img src="img/a.svg"><use href="#a"></use><a href="more.html">
            """,
            "/js/app/main.js",
            MAIN,
            "/js/app/part.js",
            "import '../lib.js';\nexport function part() {}\n",
            "/js/lib.js",
            "",
            "/css/base.css",
            "",
            "/img/a.svg",
            "<svg/>",
            "/more.html",
            "more");

    private static WebFiles files(Map<String, String> changes) {
        Map<String, byte[]> contents = new HashMap<>();
        SITE.forEach((path, text) -> contents.put(path, text.getBytes(StandardCharsets.UTF_8)));
        changes.forEach((path, text) -> contents.put(path, text.getBytes(StandardCharsets.UTF_8)));
        return WebFiles.of(contents);
    }

    private static String body(FileAnswer answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private static String page(WebFiles files) {
        return body(files.answer("/", null, null));
    }

    private static String version(WebFiles files) {
        Matcher version =
                Pattern.compile("href=\"(v/[0-9a-f]{16})/css/base.css\"").matcher(page(files));
        assertTrue(version.find(), page(files));
        return "/" + version.group(1);
    }

    @Test
    void thePageNamesItsFilesByTheVersion() {
        WebFiles files = files(Map.of());
        String expected = """
                <link rel="stylesheet" href="V/css/base.css">
                  <script type="module" src="V/js/app/main-bundle.js"></script>
                <img src="V/img/a.svg"><use href="#a"></use><a href="more.html">
                """;
        assertEquals(expected.replace("V", version(files).substring(1)), page(files));
        assertEquals(page(files), body(files.answer("/index.html", null, null)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/index.html", "/js/lib.js", "/js/app/part.js", "/more.html", "/js/new.js"})
    void anyChangeIsAnotherVersion(String changed) {
        WebFiles before = files(Map.of());
        WebFiles after = files(Map.of(changed, "changed"));
        assertNotEquals(
                before.answer("/", null, null).headers().get("ETag"),
                after.answer("/", null, null).headers().get("ETag"));
        assertNull(after.answer(version(before) + "/js/lib.js", null, null), "a page of before gets nothing of now");
        assertEquals(version(before), version(files(Map.of())));
    }

    @Test
    void whatHasAVersionIsKeptAndAllElseIsAskedFor() {
        WebFiles files = files(Map.of());
        FileAnswer kept = files.answer(version(files) + "/js/app/main.js", null, null);
        assertEquals(MAIN, body(kept));
        assertEquals("public, max-age=31536000, immutable", kept.headers().get("Cache-Control"));
        assertEquals("text/javascript;charset=UTF-8", kept.headers().get("Content-Type"));
        for (String path : new String[] {"/", "/index.html", "/js/app/main.js", "/img/a.svg", "/more.html"}) {
            FileAnswer asked = files.answer(path, null, null);
            assertEquals("no-cache", asked.headers().get("Cache-Control"), path);
            assertEquals(200, asked.status());
            String tag = asked.headers().get("ETag");
            for (String known : new String[] {tag, "\"x\", " + tag, tag + ",W/\"y\""}) {
                FileAnswer again = files.answer(path, "gzip", known);
                assertEquals(304, again.status(), path);
                assertFalse(again.hasBody());
                assertEquals(tag, again.headers().get("ETag"));
            }
            assertEquals(200, files.answer(path, null, "W/\"0000000000000000\"").status());
        }
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "gzip, true",
                "'deflate, GZIP;q=0.5, br', true",
                "'gzip; q=0', false",
                "'br, gzip;q=0.000', false",
                "identity, false",
                "none, false"
            })
    void whoTakesGzipGetsIt(String accepted, boolean gzip) throws IOException {
        FileAnswer answer = files(Map.of()).answer("/js/app/main.js", accepted, null);
        assertEquals("Accept-Encoding", answer.headers().get("Vary"));
        assertEquals(gzip ? "gzip" : null, answer.headers().get("Content-Encoding"));
        byte[] body = answer.body();
        if (gzip) {
            body = new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes();
        }
        assertEquals(MAIN, new String(body, StandardCharsets.UTF_8));
    }

    @Test
    void nothingElseIsThere() {
        WebFiles files = files(Map.of());
        String version = version(files);
        for (String path : new String[] {
            "",
            "/js",
            "/js/",
            "/v/",
            version,
            version + "/",
            version + "/index.html",
            version + "/../index.html",
            version + "js/lib.js",
            "/v/0000000000000000/js/lib.js",
            "/none.js",
            "/js//lib.js"
        }) {
            assertNull(files.answer(path, null, null), path);
        }
        for (String path : new String[] {"/WEB-INF/a.js", "/META-INF/a.html", "/io/A.class", "/a", "/js.d/a"}) {
            assertFalse(WebFiles.has(path), path);
        }
        assertNull(WebFiles.NONE.answer("/", null, null));
    }
}
