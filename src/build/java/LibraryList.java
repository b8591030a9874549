import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonWriter;
import jakarta.json.stream.JsonGenerator;
import java.io.File;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Says what libraries are in the WAR, where they are and under which licences: in a CycloneDX document for programs,
 * and in a text for people. The build starts it from its source before it packs the WAR. It fails when the document is not
 * that of these libraries, or when a library has a licence that is not accepted.
 *
 * <p>CycloneDX' plugin knows the licences. It makes no document offline, has libraries that only application servers
 * bring, and does not know that the WAR has two sets. So the document of the WAR is kept with the sources. A build that
 * is online compares it with that of the plugin; every build compares it with the files.
 */
public final class LibraryList {
    private static final String EVERY_SERVER = "WEB-INF/lib";
    private static final String STANDALONE = "WEB-INF/standalone-lib";

    /** Path in the WAR, and the file that becomes it. */
    private final Map<String, Path> files = new TreeMap<>();

    private final Set<String> faults = new TreeSet<>();

    /**
     * @param args the document that is kept; the plugin's, which is missing offline; {@code true} to write the first
     *     anew from the second; the class path of every server; the directory of the embedded server's libraries; the
     *     file of accepted licences; the file with the end of the text; the directory to write to
     */
    public static void main(String[] args) throws IOException, GeneralSecurityException {
        LibraryList list = new LibraryList();
        Stream.of(args[3].split(File.pathSeparator))
                .filter(path -> path.endsWith(".jar"))
                .forEach(path -> list.add(EVERY_SERVER, Path.of(path)));
        try (Stream<Path> standalone = Files.list(Path.of(args[4]))) {
            standalone.forEach(path -> list.add(STANDALONE, path));
        }
        Path kept = Path.of(args[0]);
        Path plugins = Path.of(args[1]);
        if (Boolean.parseBoolean(args[2])) {
            write(list.ofTheWar(read(plugins)), kept);
        }
        JsonObject document = read(kept);
        if (Files.exists(plugins) && !document.equals(list.ofTheWar(read(plugins)))) {
            list.faults.add("it is not what CycloneDX says of these libraries");
        }
        Map<String, JsonObject> libraries = libraries(document);
        list.compare(libraries);
        if (!list.faults.isEmpty()) {
            list.fail(kept + " is old. Write it anew with: mvn package -DskipTests -Dlibraries.write=true");
        }
        list.judge(libraries, Files.readAllLines(Path.of(args[5])));
        if (!list.faults.isEmpty()) {
            list.fail("Licences that " + args[5] + " does not have:");
        }
        Path written = Path.of(args[7]);
        write(document, written.resolve("sbom/roomcast.cdx.json"));
        Files.writeString(written.resolve("THIRD-PARTY.txt"), text(libraries) + Files.readString(Path.of(args[6])));
    }

    private void add(String directory, Path file) {
        files.put(directory + "/" + file.getFileName(), file);
    }

    private void fail(String why) {
        System.err.println(why);
        faults.forEach(fault -> System.err.println("    " + fault));
        System.exit(1);
    }

    private JsonObject ofTheWar(JsonObject resolved) {
        JsonObject metadata = resolved.getJsonObject("metadata");
        JsonArrayBuilder kept = Json.createArrayBuilder();
        Set<String> references = new TreeSet<>();
        references.add(metadata.getJsonObject("component").getString("bom-ref"));
        for (JsonObject component : objects(resolved, "components")) {
            String jar = component.getString("name") + "-" + component.getString("version") + ".jar";
            Stream.of(EVERY_SERVER, STANDALONE)
                    .map(directory -> directory + "/" + jar)
                    .filter(files::containsKey)
                    .forEach(place -> {
                        references.add(component.getString("bom-ref"));
                        kept.add(shortened(component)
                                .add("evidence", Json.createObjectBuilder().add("occurrences", places(place))));
                    });
        }
        JsonObject tools = metadata.getJsonObject("tools");
        JsonArrayBuilder shortTools = Json.createArrayBuilder();
        objects(tools, "components").forEach(tool -> shortTools.add(shortened(tool)));
        return Json.createObjectBuilder(resolved)
                .add(
                        "metadata",
                        Json.createObjectBuilder(metadata)
                                .add("tools", Json.createObjectBuilder(tools).add("components", shortTools)))
                .add("components", kept)
                .add("dependencies", between(references, objects(resolved, "dependencies")))
                .build();
    }

    private static JsonArrayBuilder places(String place) {
        return Json.createArrayBuilder().add(Json.createObjectBuilder().add("location", place));
    }

    /** One hash is enough. */
    private static JsonObjectBuilder shortened(JsonObject component) {
        JsonArrayBuilder hashes = Json.createArrayBuilder();
        objects(component, "hashes").stream()
                .filter(hash -> hash.getString("alg").equals("SHA-256"))
                .forEach(hashes::add);
        return Json.createObjectBuilder(component).add("hashes", hashes);
    }

    private static JsonArrayBuilder between(Set<String> references, List<JsonObject> dependencies) {
        JsonArrayBuilder kept = Json.createArrayBuilder();
        for (JsonObject dependency : dependencies) {
            if (references.contains(dependency.getString("ref"))) {
                List<String> on = dependency.getJsonArray("dependsOn").getValuesAs(JsonString.class).stream()
                        .map(JsonString::getString)
                        .filter(references::contains)
                        .toList();
                kept.add(Json.createObjectBuilder(dependency).add("dependsOn", Json.createArrayBuilder(on)));
            }
        }
        return kept;
    }

    /** By their paths in the WAR. */
    private static Map<String, JsonObject> libraries(JsonObject document) {
        return objects(document, "components").stream()
                .collect(Collectors.toMap(
                        component -> objects(component.getJsonObject("evidence"), "occurrences")
                                .get(0)
                                .getString("location"),
                        component -> component,
                        (one, other) -> one,
                        TreeMap::new));
    }

    private void compare(Map<String, JsonObject> libraries) throws IOException, GeneralSecurityException {
        libraries.keySet().stream()
                .filter(place -> !files.containsKey(place))
                .forEach(place -> faults.add(place + " is not in the WAR"));
        for (Map.Entry<String, Path> file : files.entrySet()) {
            JsonObject library = libraries.get(file.getKey());
            if (library == null) {
                faults.add(file.getKey() + " is missing");
            } else if (!objects(library, "hashes").get(0).getString("content").equals(hash(file.getValue()))) {
                faults.add(file.getKey() + " has another hash");
            }
        }
    }

    private static String hash(Path file) throws IOException, GeneralSecurityException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }

    /** A library that names several licences is accepted when each of them is. */
    private void judge(Map<String, JsonObject> libraries, List<String> accepted) {
        libraries.forEach((place, library) -> {
            List<String> licences = licences(library);
            if (licences.isEmpty()) {
                faults.add(place + ": none");
            }
            licences.stream()
                    .filter(licence -> !accepted.contains(licence))
                    .forEach(licence -> faults.add(place + ": " + licence));
        });
    }

    private static List<String> licences(JsonObject library) {
        return objects(library, "licenses").stream()
                .map(choice -> choice.containsKey("license")
                        ? choice.getJsonObject("license")
                                .getString("id", choice.getJsonObject("license").getString("name", "?"))
                        : choice.getString("expression"))
                .toList();
    }

    private static String text(Map<String, JsonObject> libraries) {
        StringBuilder text = new StringBuilder("The libraries of roomcast.war, and their licences\n\n");
        text.append("Several licences of one library are a choice, unless its own files say otherwise.\n");
        chapter(text, libraries, EVERY_SERVER, "On every server");
        chapter(text, libraries, STANDALONE, "Where the WAR starts by itself");
        return text.toString();
    }

    private static void chapter(StringBuilder text, Map<String, JsonObject> all, String directory, String title) {
        text.append('\n').append(title).append(" (").append(directory).append(")\n\n");
        all.forEach((place, library) -> {
            if (place.startsWith(directory + "/")) {
                text.append(place.substring(directory.length() + 1)).append(": ");
                text.append(String.join(", ", licences(library))).append('\n');
                objects(library, "externalReferences").stream()
                        .filter(reference -> reference.getString("type").equals("website"))
                        .limit(1)
                        .forEach(page -> text.append("    ")
                                .append(page.getString("url"))
                                .append('\n'));
            }
        });
    }

    private static List<JsonObject> objects(JsonObject parent, String name) {
        JsonArray array = parent.getJsonArray(name);
        return array == null ? List.of() : array.getValuesAs(JsonObject.class);
    }

    private static JsonObject read(Path file) throws IOException {
        try (Reader reader = Files.newBufferedReader(file)) {
            return Json.createReader(reader).readObject();
        }
    }

    private static void write(JsonObject document, Path file) throws IOException {
        Files.createDirectories(file.getParent());
        try (Writer out = Files.newBufferedWriter(file);
                JsonWriter writer = Json.createWriterFactory(Map.of(JsonGenerator.PRETTY_PRINTING, true))
                        .createWriter(out)) {
            writer.write(document);
        }
    }
}
