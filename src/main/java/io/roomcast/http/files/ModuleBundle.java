package io.roomcast.http.files;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A JavaScript module and all that it imports, in one module. A browser asks for it once, and not for each module.
 *
 * <p>Each module becomes a function that returns what the module exports. They stand in the order in which a browser
 * would run the modules, so whatever a module imports is there when it runs. The text of the modules stays as it is,
 * line by line, and a {@link SourceMap} says where each line is from: developer tools show the files.
 *
 * <p>There is no bundle if modules import each other in a circle, or if one of them has what {@link BundledModule} does
 * not know. Not thread-safe.
 */
final class ModuleBundle {
    private final Map<String, byte[]> files;
    private final String home;
    private final Map<String, BundledModule> modules = new LinkedHashMap<>();
    private final Set<String> begun = new HashSet<>();

    private ModuleBundle(Map<String, byte[]> files, String home) {
        this.files = files;
        this.home = home;
    }

    /**
     * @param files all of them, by path
     * @param entry the path of the module that imports the others
     * @param home the path that the bundle will have
     * @return empty if these modules cannot be joined
     */
    static Optional<String> of(Map<String, byte[]> files, String entry, String home) {
        ModuleBundle bundle = new ModuleBundle(files, home);
        return bundle.add(entry) ? Optional.of(bundle.text()) : Optional.empty();
    }

    /** Adds what the module imports, and then the module itself. */
    private boolean add(String path) {
        if (modules.containsKey(path)) {
            return true;
        }
        if (!files.containsKey(path) || !begun.add(path)) {
            return false; // no such file; or a circle
        }
        Optional<BundledModule> read = BundledModule.read(
                path, new String(files.get(path), StandardCharsets.UTF_8), relative(home, "/"), ModuleBundle::resolved);
        if (read.isEmpty()) {
            return false;
        }
        BundledModule module = read.get();
        for (BundledModule.Import imported : module.imports()) {
            if (!add(imported.path()) || !modules.get(imported.path()).exports().containsAll(imported.names())) {
                return false;
            }
        }
        modules.put(path, module);
        return true;
    }

    private String text() {
        List<String> lines = new ArrayList<>();
        SourceMap map = new SourceMap();
        lines.add("const " + BundledModule.MODULES + " = {};");
        for (BundledModule module : modules.values()) {
            lines.add(BundledModule.reference(module.path()) + " = (() => {");
            map.skipTo(lines.size());
            List<String> body = module.text().lines().toList();
            map.addSource(relative(home, module.path()), body.size());
            lines.addAll(body);
            lines.add("return { " + module.result() + " };");
            lines.add("})();");
        }
        lines.add(map.comment());
        return String.join("\n", lines) + "\n";
    }

    /** How one path is named from another: up to the top, and down from there. */
    private static String relative(String from, String to) {
        long directories = from.chars().filter(character -> character == '/').count() - 1;
        return "../".repeat((int) directories) + to.substring(1);
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
}
