package io.roomcast.http.files;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The page, with the addresses of one version of its files. It names two bundles in place of the many files that they
 * are made of: its stylesheets, and its module with all that the module imports. So a first visit is few requests. What
 * cannot be joined is named as the page names it. Immutable.
 */
final class VersionedPage {
    private static final String PAGE = "/index.html";
    private static final Pattern FILE = Pattern.compile("\\b(href|src)=\"((?:js|css|img)/[^\"]+)\"");
    private static final Pattern MODULE = Pattern.compile("<script type=\"module\" src=\"(js/[^\"]+)\\.js\">");
    private static final Pattern STYLE = Pattern.compile("<link rel=\"stylesheet\" href=\"(css/[^\"/]+)\">");
    private static final Pattern STYLES = Pattern.compile("(?:" + STYLE.pattern() + "\\s*){2,}(?<=>)");
    /** Holds for the whole of a stylesheet, or only at its beginning. */
    private static final Pattern ALONE = Pattern.compile("@(?:import|charset|namespace)\\b");

    private final Map<String, byte[]> bundles = new TreeMap<>();
    private final String page;

    /** @param files all of them, by path */
    VersionedPage(Map<String, byte[]> files) {
        page = withModuleBundle(withStyleBundle(file(files, PAGE), files), files);
    }

    /** What is in no file: the bundles, by path. */
    Map<String, byte[]> bundles() {
        return bundles;
    }

    /** @param directory of the version, relative to the page */
    byte[] text(String directory) {
        String versioned = FILE.matcher(page).replaceAll("$1=\"" + directory + "/$2\"");
        return versioned.getBytes(StandardCharsets.UTF_8);
    }

    /** Stylesheets that follow one another, all of one directory, so that addresses in them stay right. */
    private String withStyleBundle(String text, Map<String, byte[]> files) {
        Matcher links = STYLES.matcher(text);
        if (!links.find()) {
            return text;
        }
        StringBuilder joined = new StringBuilder();
        Matcher link = STYLE.matcher(links.group());
        while (link.find()) {
            String path = "/" + link.group(1);
            if (!files.containsKey(path) || ALONE.matcher(file(files, path)).find()) {
                return text;
            }
            joined.append("/* ")
                    .append(path)
                    .append(" */\n")
                    .append(file(files, path))
                    .append('\n');
        }
        bundles.put("/css/bundle.css", joined.toString().getBytes(StandardCharsets.UTF_8));
        return text.substring(0, links.start())
                + "<link rel=\"stylesheet\" href=\"css/bundle.css\">"
                + text.substring(links.end());
    }

    private String withModuleBundle(String text, Map<String, byte[]> files) {
        Matcher script = MODULE.matcher(text);
        if (!script.find()) {
            return text;
        }
        String entry = script.group(1);
        String bundle = entry + "-bundle.js";
        Optional<String> module = ModuleBundle.of(files, "/" + entry + ".js", "/" + bundle);
        if (module.isEmpty()) {
            return text;
        }
        bundles.put("/" + bundle, module.get().getBytes(StandardCharsets.UTF_8));
        return text.substring(0, script.start())
                + "<script type=\"module\" src=\"" + bundle + "\">"
                + text.substring(script.end());
    }

    private static String file(Map<String, byte[]> files, String path) {
        return new String(files.get(path), StandardCharsets.UTF_8);
    }
}
