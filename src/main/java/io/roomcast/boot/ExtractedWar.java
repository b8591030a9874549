package io.roomcast.boot;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The content of the WAR in a directory that stays: {@code roomcast.jar} with the classes, {@code lib} with the
 * libraries that its manifest names, and {@code webroot} with the files that browsers may fetch. So the JVM finds all
 * classes on its own class path. It keeps only such classes in a class-data archive, and none of those that the launcher
 * loads from a packed WAR.
 */
final class ExtractedWar {
    private static final String JAR = "roomcast.jar";
    private static final String WEBROOT = "webroot";
    private static final String LIBRARIES = "lib/";
    private static final String BOOT = "io/roomcast/boot/";
    private static final List<String> CLASSES = List.of("WEB-INF/classes/", "WEB-INF/standalone-classes/");
    private static final List<String> LIBRARY_DIRECTORIES = List.of("WEB-INF/lib/", "WEB-INF/standalone-lib/");

    private ExtractedWar() {}

    /**
     * Returns the files for browsers of the extracted WAR that this JAR belongs to.
     *
     * @param jar from which this class comes
     * @return null if it is a packed WAR
     */
    static Path webroot(Path jar) {
        Path webroot = jar.resolveSibling(WEBROOT);
        return JAR.equals(String.valueOf(jar.getFileName())) && Files.isDirectory(webroot) ? webroot : null;
    }

    /** @param directory is created; must not exist, or must be empty */
    static void extract(Path war, Path directory) throws IOException {
        Files.createDirectories(directory.resolve(LIBRARIES));
        Files.createDirectory(directory.resolve(WEBROOT));
        Set<String> libraries = new TreeSet<>();
        try (ZipFile zip = new ZipFile(war.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                String file = entry.getName();
                String library = below(LIBRARY_DIRECTORIES, file);
                if (entry.isDirectory() || file.startsWith("META-INF/") || file.startsWith(BOOT)) {
                    continue; // A loader of class paths needs none of these.
                }
                if (library != null) {
                    libraries.add(LIBRARIES + library);
                    copy(zip, entry, directory.resolve(LIBRARIES).resolve(library));
                } else if (!file.startsWith("WEB-INF/")) {
                    copy(zip, entry, directory.resolve(WEBROOT).resolve(file));
                }
            }
            for (Path extra : ExtraLibraries.jars()) {
                libraries.add(LIBRARIES + extra.getFileName());
                Files.copy(extra, directory.resolve(LIBRARIES).resolve(extra.getFileName()));
            }
            writeJar(zip, directory.resolve(JAR), libraries);
        }
    }

    /** The path of a file below the first of the directories that has it; null if none has. */
    private static String below(List<String> directories, String file) {
        return directories.stream()
                .filter(file::startsWith)
                .findFirst()
                .map(directory -> file.substring(directory.length()))
                .orElse(null);
    }

    private static void copy(ZipFile zip, ZipEntry entry, Path target) throws IOException {
        Files.createDirectories(target.getParent());
        try (InputStream content = zip.getInputStream(entry)) {
            Files.copy(content, target);
        }
    }

    private static void writeJar(ZipFile zip, Path jar, Set<String> libraries) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Launcher.class.getName());
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, String.join(" ", libraries));
        Set<String> written = new HashSet<>();
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream classes = new JarOutputStream(out, manifest)) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                String file = entry.getName();
                String name = file.startsWith(BOOT) ? file : below(CLASSES, file);
                // Both directories have a beans.xml, of the same meaning.
                if (!entry.isDirectory() && name != null && written.add(name)) {
                    ZipEntry copy = new ZipEntry(name);
                    copy.setTime(entry.getTime());
                    classes.putNextEntry(copy);
                    try (InputStream content = zip.getInputStream(entry)) {
                        content.transferTo(classes);
                    }
                }
            }
        }
    }
}
