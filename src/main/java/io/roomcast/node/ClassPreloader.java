package io.roomcast.node;

import java.util.stream.Stream;

/**
 * Loads and initializes all classes of Roomcast when the application starts. Each class is a file, and some classes
 * read another file when they are initialized. If a file cannot be opened at the first use of its class, the class is
 * missing until the next start. A file cannot be opened when connections use all files that the process may open.
 * Payara Micro deletes the files of an application while the application still stops. Libraries need no preloading,
 * because they are archives, which stay open.
 */
public final class ClassPreloader {
    private static final String PACKAGE = "io/roomcast/";
    private static final String SUFFIX = ".class";

    private ClassPreloader() {}

    /** @param files paths below the root of the classes; files that are not classes of Roomcast are skipped */
    public static void load(Stream<String> files) {
        files.map(file -> file.replace('\\', '/'))
                .filter(file -> file.startsWith(PACKAGE) && file.endsWith(SUFFIX))
                .map(file -> file.substring(0, file.length() - SUFFIX.length()).replace('/', '.'))
                .forEach(ClassPreloader::load);
    }

    private static void load(String name) {
        try {
            Class.forName(name, true, ClassPreloader.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            // This class is for another server, and needs classes that this server does not have.
        }
    }
}
