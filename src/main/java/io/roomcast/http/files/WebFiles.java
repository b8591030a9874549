package io.roomcast.http.files;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The web client as a set of files of one version. The version is a hash of all of them. The page names its files below
 * {@code v/VERSION/}, where browsers keep them for good. So a page never runs scripts of another build, and a browser
 * that comes back asks for the page only. Scripts and styles go to the browser {@linkplain VersionedPage joined}.
 *
 * <p>Each file also has its plain address, for pages that others write. There, clients ask each time whether it has
 * changed. Times of files count for nothing, because a build may give all its files the same time as the build before.
 * Immutable.
 */
public final class WebFiles {
    /** No files. */
    public static final WebFiles NONE = new WebFiles(Map.of());

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html;charset=UTF-8",
            "js", "text/javascript;charset=UTF-8",
            "ts", "text/plain;charset=UTF-8",
            "json", "application/json",
            "css", "text/css;charset=UTF-8",
            "svg", "image/svg+xml");

    private static final String PAGE = "/index.html";
    private static final String VERSIONS = "/v/";
    private static final String ASK_EACH_TIME = "no-cache";
    private static final String KEEP = "public, max-age=31536000, immutable";

    private final Map<String, WebFile> files = new HashMap<>();
    private final String prefix;

    private WebFiles(Map<String, byte[]> contents) {
        SortedMap<String, byte[]> sorted = new TreeMap<>(contents);
        VersionedPage page = sorted.containsKey(PAGE) ? new VersionedPage(sorted) : null;
        if (page != null) {
            sorted.putAll(page.bundles());
        }
        byte[][] parts = sorted.entrySet().stream()
                .flatMap(file -> Stream.of(file.getKey().getBytes(StandardCharsets.UTF_8), file.getValue()))
                .toArray(byte[][]::new);
        prefix = VERSIONS + WebFile.hash(parts);
        sorted.forEach((path, content) -> files.put(path, new WebFile(type(path), content)));
        if (page != null) {
            WebFile versioned = new WebFile(type(PAGE), page.text(prefix.substring(1)));
            files.put(PAGE, versioned);
            files.put("/", versioned);
        }
    }

    /**
     * @param contents by path, such as {@code /js/roomcast.js}; all of them {@linkplain #has known} by their names, and
     *     not changed any more
     */
    public static WebFiles of(Map<String, byte[]> contents) {
        return new WebFiles(contents);
    }

    /** Whether this path can be one of the files: it is of a known type, and for browsers. */
    public static boolean has(String path) {
        return type(path) != null && !path.startsWith("/WEB-INF/") && !path.startsWith("/META-INF/");
    }

    private static String type(String path) {
        return TYPES.get(path.substring(path.lastIndexOf('.') + 1));
    }

    /** Whether the path names a file by its version. There is no other version than this, and pages have none. */
    public static boolean isVersioned(String path) {
        return path.startsWith(VERSIONS);
    }

    /**
     * Returns the answer to a request for a path below the application; null if there is no such file.
     *
     * @param acceptedEncodings the header {@code Accept-Encoding}, or null
     * @param knownTags the header {@code If-None-Match}, or null
     */
    public FileAnswer answer(String path, String acceptedEncodings, String knownTags) {
        boolean versioned = isVersioned(path);
        if (versioned && (!path.startsWith(prefix) || path.endsWith("/") || path.endsWith(".html"))) {
            return null;
        }
        WebFile file = files.get(versioned ? path.substring(prefix.length()) : path);
        return file == null ? null : file.answer(versioned ? KEEP : ASK_EACH_TIME, acceptedEncodings, knownTags);
    }
}
