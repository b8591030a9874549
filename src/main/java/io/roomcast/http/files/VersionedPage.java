package io.roomcast.http.files;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The page, with the addresses of one version of its files. It also names all modules that its scripts import, so that
 * a browser asks for all of them at once. Otherwise it would learn of each when it has read the one before.
 */
final class VersionedPage {
    private static final String PAGE = "/index.html";
    private static final Pattern FILE = Pattern.compile("\\b(href|src)=\"((?:js|css|img)/[^\"]+)\"");
    private static final Pattern MODULE = Pattern.compile("(?m)^.*<script type=\"module\" src=\"([^\"]+)\"");
    /** Of a module: at the start of a line, where no comment has it. */
    private static final Pattern IMPORT =
            Pattern.compile("(?m)^(?:(?:import|export)\\b[^'\";()]*?\\bfrom\\s*|import\\s*)['\"](\\.[^'\"]+)['\"]");

    private final Map<String, byte[]> files;

    /** @param files all of them, by path */
    VersionedPage(Map<String, byte[]> files) {
        this.files = files;
    }

    /** @param directory of the version, relative to the page */
    byte[] text(String directory) {
        String page = file(PAGE);
        Matcher module = MODULE.matcher(page);
        if (module.find()) {
            Set<String> modules = new LinkedHashSet<>();
            collect("/" + module.group(1), modules);
            StringBuilder links = new StringBuilder();
            for (String path : modules) {
                links.append("  <link rel=\"modulepreload\" href=\"")
                        .append(path.substring(1))
                        .append("\">\n");
            }
            page = page.substring(0, module.start()) + links + page.substring(module.start());
        }
        String versioned = FILE.matcher(page).replaceAll("$1=\"" + directory + "/$2\"");
        return versioned.getBytes(StandardCharsets.UTF_8);
    }

    private void collect(String path, Set<String> modules) {
        if (files.containsKey(path) && modules.add(path)) {
            Matcher imported = IMPORT.matcher(file(path));
            while (imported.find()) {
                collect(resolved(path, imported.group(1)), modules);
            }
        }
    }

    private static String resolved(String path, String imported) {
        try {
            // This constructor encodes what no URI has, such as blanks.
            return new URI(null, null, path, null)
                    .resolve(new URI(null, null, imported, null))
                    .getPath();
        } catch (URISyntaxException e) {
            return imported; // No file has this name.
        }
    }

    private String file(String path) {
        return new String(files.get(path), StandardCharsets.UTF_8);
    }
}
