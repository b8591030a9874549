package io.roomcast.it.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Handshake;
import io.roomcast.support.TestServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How every server serves the files of the chat and of the client library. */
@Timeout(60)
class ServerFilesIT {
    private static final Path SOURCE = Path.of("src/main/webapp");
    private static final Map<String, String> TYPES = Map.of(
            "js", "text/javascript",
            "ts", "text/plain",
            "json", "application/json",
            "css", "text/css",
            "svg", "image/svg+xml");
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static TestServer server;

    @BeforeAll
    static void open() {
        server = TestServer.open();
    }

    @AfterAll
    static void close() {
        server.close();
    }

    private static HttpResponse<byte[]> send(String method, String path, String... headers) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(server.http(path)).method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), BodyHandlers.ofByteArray());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    /** The addresses of the page's files, as the page names them. */
    private static List<String> named() throws Exception {
        String page = new String(send("GET", "").body(), StandardCharsets.UTF_8);
        Matcher named = Pattern.compile("(?:href|src)=\"([^\"#]+)\"").matcher(page);
        return named.results().map(match -> match.group(1)).distinct().toList();
    }

    private static byte[] unpacked(HttpResponse<byte[]> response) throws IOException {
        assertEquals("gzip", header(response, "Content-Encoding"));
        try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
            return gzip.readAllBytes();
        }
    }

    private static String version() throws Exception {
        String named = named().get(0);
        return named.substring(0, named.indexOf('/', 2) + 1);
    }

    /** A file of the page's version; all of them are kept for good, and compressed. */
    private static byte[] kept(String path) throws Exception {
        HttpResponse<byte[]> response = send("GET", path, "Accept-Encoding", "gzip, br");
        assertEquals(200, response.statusCode(), path);
        assertEquals("public, max-age=31536000, immutable", header(response, "Cache-Control"), path);
        assertEquals("Accept-Encoding", header(response, "Vary"), path);
        return unpacked(response);
    }

    @Test
    void thePageNamesFewFilesOfOneVersionWhichHaveAll() throws Exception {
        String version = version();
        assertTrue(version.matches("v/[0-9a-f]{16}/"), version);
        StringBuilder all = new StringBuilder();
        for (String path : named()) {
            assertTrue(path.startsWith(version), path);
            all.append(new String(kept(path), StandardCharsets.UTF_8));
        }
        assertTrue(named().size() <= 4, named().toString());
        for (Path file : sources("js|css")) {
            String module = "$modules['/" + SOURCE.relativize(file) + "'] = ";
            assertTrue(all.indexOf(module) >= 0 || all.indexOf(Files.readString(file)) >= 0, file.toString());
        }
    }

    @Test
    void eachFileIsThereForDeveloperTools() throws Exception {
        for (Path file : sources("js|css|svg")) {
            assertArrayEquals(Files.readAllBytes(file), kept(version() + SOURCE.relativize(file)), file.toString());
        }
    }

    private static List<Path> sources(String types) throws IOException {
        try (Stream<Path> files = Files.walk(SOURCE)) {
            return files.filter(file -> file.toString().matches(".*\\.(" + types + ")"))
                    .toList();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "index.html",
                "js/roomcast.js",
                "js/client/client.js",
                "js/roomcast.d.ts",
                "js/package.json",
                "css/base.css",
                "img/favicon.svg"
            })
    void aPlainAddressIsAskedEachTime(String path) throws Exception {
        HttpResponse<byte[]> whole = send("GET", path);
        assertEquals(200, whole.statusCode());
        assertEquals("", header(whole, "Content-Encoding"));
        assertEquals("no-cache", header(whole, "Cache-Control"));
        assertEquals("Accept-Encoding", header(whole, "Vary"));
        // Builds of different versions may have it in common.
        assertEquals("", header(whole, "Last-Modified"));
        String type = TYPES.getOrDefault(path.substring(path.lastIndexOf('.') + 1), "text/html");
        assertTrue(header(whole, "Content-Type").startsWith(type), header(whole, "Content-Type"));

        HttpResponse<byte[]> packed = send("GET", path, "Accept-Encoding", "gzip");
        assertArrayEquals(whole.body(), unpacked(packed));
        assertTrue(packed.body().length < whole.body().length);

        String tag = header(whole, "ETag");
        HttpResponse<byte[]> known = send("GET", path, "If-None-Match", tag);
        assertEquals(304, known.statusCode());
        assertEquals(tag, header(known, "ETag"));
        assertEquals("no-cache", header(known, "Cache-Control"));
        assertEquals(200, send("GET", path, "If-None-Match", "W/\"other\"").statusCode());
        assertEquals(
                200,
                send("GET", path, "If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT")
                        .statusCode());

        HttpResponse<byte[]> head = send("HEAD", path);
        assertEquals(200, head.statusCode());
        assertEquals(tag, header(head, "ETag"));
        assertEquals(Integer.toString(whole.body().length), header(head, "Content-Length"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "index.html", "js/roomcast.js", "js/package.json", "VERSION/css/base.css"})
    void filesAreOnlyRead(String path) throws Exception {
        String address = path.replace("VERSION/", version());
        for (String method : List.of("POST", "PUT", "DELETE")) {
            HttpResponse<byte[]> refused = send(method, address);
            assertEquals(405, refused.statusCode(), method);
            assertEquals("GET, HEAD, OPTIONS", header(refused, "Allow"), method);
            assertEquals(
                    "text/plain;charset=utf-8", header(refused, "Content-Type").toLowerCase(Locale.ROOT), method);
            assertEquals("this address is read with GET\n", new String(refused.body(), StandardCharsets.UTF_8), method);
        }
        HttpResponse<byte[]> options = send("OPTIONS", address);
        assertEquals(200, options.statusCode());
        assertEquals("GET, HEAD, OPTIONS", header(options, "Allow"));
    }

    @Test
    void somebodysNameMayEndAsAFileDoes() throws Exception {
        assertEquals(101, Handshake.to(server.room("lobby", "ann.js")).status());
    }

    @Test
    void anotherVersionAndWhatIsNoFileAreNotThere() throws Exception {
        String script = named().stream()
                .filter(path -> path.endsWith(".js"))
                .findFirst()
                .orElseThrow();
        String version = version();
        for (String path : Arrays.asList(
                script.replaceFirst("v/.{16}", "v/0000000000000000"),
                version + "index.html",
                version,
                version + "WEB-INF/web.xml",
                "v/",
                "js/none.js")) {
            HttpResponse<byte[]> response = send("GET", path);
            assertEquals(404, response.statusCode(), path);
            assertEquals("no-cache", header(response, "Cache-Control"), path);
        }
    }
}
