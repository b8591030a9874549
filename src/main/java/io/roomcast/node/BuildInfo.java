package io.roomcast.node;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** What the build wrote into the program. */
public final class BuildInfo {
    private static final String VERSION = read().getProperty("version");

    private BuildInfo() {}

    /** The version of Roomcast, as in its {@code pom.xml}. */
    public static String version() {
        return VERSION;
    }

    private static Properties read() {
        try (InputStream file = BuildInfo.class.getResourceAsStream("build.properties")) {
            Properties properties = new Properties();
            properties.load(file);
            return properties;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
