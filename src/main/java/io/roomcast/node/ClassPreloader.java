package io.roomcast.node;

import java.util.stream.Stream;

/**
 * Loads all that is ours when the application starts, and initializes it, since some classes read a file then. Each class is a file, and one that is asked for too
 * late is lost until the next start: when connections have taken the last file that the process may open, or on Payara Micro, which deletes its files while
 * applications still say goodbye. Libraries are archives, which stay open.
 */
public final class ClassPreloader {
    private static final String PACKAGE = "io/roomcast/";
    private static final String SUFFIX = ".class";

    private ClassPreloader() {}

    /** @param files below the root of the classes; those that are none of our classes are passed over */
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
            // For another server: it stands on classes that are not here.
        }
    }
}
