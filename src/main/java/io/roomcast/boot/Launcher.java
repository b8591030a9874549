package io.roomcast.boot;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Starts the embedded server from the packed WAR: {@code java -jar roomcast.war}. The JVM finds only classes at the
 * root of a WAR. So the build copies this package to the root, and this package uses only the JDK. {@code --extract
 * DIRECTORY} makes an {@link ExtractedWar} instead, which this class starts, too. Libraries that the WAR does not have are
 * taken from a directory: see {@link ExtraLibraries}.
 */
public final class Launcher {
    private static final String EXTRACT = "--extract";

    private Launcher() {}

    public static void main(String[] args) throws Throwable {
        try {
            launch(args);
        } catch (Throwable e) {
            // When the process ends, its files are deleted. Errors that follow have no meaning.
            if (!isEnding()) {
                throw e;
            }
        }
    }

    private static void launch(String[] args) throws Throwable {
        // Not the location of this class, which a class from an archive may not have.
        Path jar = Path.of(System.getProperty("java.class.path")).toAbsolutePath();
        Path webroot = ExtractedWar.webroot(jar);
        if (webroot != null) {
            System.setProperty("roomcast.webroot", webroot.toString());
            runMain(Launcher.class.getClassLoader(), args);
            return;
        }
        String directory = extractDirectory(args);
        if (directory != null) {
            extract(jar, Path.of(directory));
            return;
        }
        URL[] classpath;
        try {
            classpath = unpack(jar);
        } catch (IOException e) {
            System.err.println(
                    "roomcast: cannot unpack the WAR into " + System.getProperty("java.io.tmpdir") + ": " + e);
            System.exit(1);
            return;
        }
        // Never closed, because the server loads classes from it until the process ends.
        ClassLoader loader = new URLClassLoader("roomcast", classpath, ClassLoader.getPlatformClassLoader());
        Thread.currentThread().setContextClassLoader(loader);
        runMain(loader, args);
    }

    /** The directory of {@code --extract DIRECTORY} or {@code --extract=DIRECTORY}; null for other arguments. */
    private static String extractDirectory(String[] args) {
        if (args.length == 2 && args[0].equals(EXTRACT)) {
            return args[1];
        }
        return args.length == 1 && args[0].startsWith(EXTRACT + "=") ? args[0].substring(EXTRACT.length() + 1) : null;
    }

    private static void extract(Path war, Path directory) {
        try {
            ExtractedWar.extract(war, directory);
        } catch (IOException e) {
            System.err.println("roomcast: cannot extract the WAR into " + directory + ": " + e);
            System.exit(1);
        }
    }

    /** Whether the JVM is shutting down. It then accepts no shutdown hooks. */
    private static boolean isEnding() {
        try {
            Thread none = new Thread(() -> {});
            Runtime.getRuntime().addShutdownHook(none);
            Runtime.getRuntime().removeShutdownHook(none);
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }

    private static URL[] unpack(Path war) throws IOException {
        Path directory = PrivateDirectory.create();
        try {
            UnpackedWar unpacked = UnpackedWar.unpack(war, directory);
            System.setProperty("roomcast.webroot", unpacked.webroot().toString());
            return Stream.concat(Stream.of(unpacked.classpath()), ExtraLibraries.urls())
                    .toArray(URL[]::new);
        } finally {
            PrivateDirectory.removeAtExit(directory);
        }
    }

    private static void runMain(ClassLoader loader, String[] args) throws Throwable {
        try {
            loader.loadClass("io.roomcast.standalone.Main")
                    .getMethod("main", String[].class)
                    .invoke(null, (Object) args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
