package io.roomcast.boot;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;

/**
 * Starts the embedded server from the packed WAR: {@code java -jar roomcast.war}. The JVM finds only classes at the
 * root of a WAR. So the build copies this package to the root, and this package uses only the JDK.
 */
public final class Launcher {

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
        URL[] classpath;
        try {
            classpath = unpack();
        } catch (IOException e) {
            System.err.println(
                    "roomcast: cannot unpack the WAR into " + System.getProperty("java.io.tmpdir") + ": " + e);
            System.exit(1);
            return;
        }
        runMain(classpath, args);
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

    private static URL[] unpack() throws IOException, URISyntaxException {
        Path war = Path.of(Launcher.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Path directory = PrivateDirectory.create();
        try {
            UnpackedWar unpacked = UnpackedWar.unpack(war, directory);
            System.setProperty("roomcast.webroot", unpacked.webroot().toString());
            return unpacked.classpath();
        } finally {
            PrivateDirectory.removeAtExit(directory);
        }
    }

    /**
     * Runs the server. The class loader is never closed, because the server loads classes from it until the process
     * ends.
     */
    private static void runMain(URL[] classpath, String[] args) throws Throwable {
        ClassLoader loader = new URLClassLoader("roomcast", classpath, ClassLoader.getPlatformClassLoader());
        Thread.currentThread().setContextClassLoader(loader);
        try {
            loader.loadClass("io.roomcast.standalone.Main")
                    .getMethod("main", String[].class)
                    .invoke(null, (Object) args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
