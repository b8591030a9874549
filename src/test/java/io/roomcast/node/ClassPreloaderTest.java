package io.roomcast.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ClassPreloaderTest {

    /** Has our classes, none of the libraries, and notes what it is asked to find. */
    private static final class Finder extends URLClassLoader {
        private final Set<String> asked = new TreeSet<>();

        Finder() {
            super(
                    new URL[] {
                        ClassPreloader.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                    },
                    ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            asked.add(name);
            return super.findClass(name);
        }
    }

    @Test
    void ourClassesAreLoadedAndOthersPassedOver() throws IOException, ReflectiveOperationException {
        try (Finder finder = new Finder()) {
            Class<?> loaded = finder.loadClass(ClassPreloader.class.getName());
            finder.asked.clear();
            loaded.getMethod("load", Stream.class)
                    .invoke(
                            null,
                            Stream.of(
                                    "io/roomcast/protocol/ErrorCode.class",
                                    "io\\roomcast\\protocol\\CloseCode.class",
                                    "io/roomcast/nowhere/Deleted.class",
                                    "io/roomcast/websocket/undertow/UndertowSink.class",
                                    "io/roomcast/console.txt",
                                    "org/elsewhere/Thing.class",
                                    "META-INF/beans.xml"));
            assertEquals(
                    Set.of(
                            "io.roomcast.protocol.ErrorCode",
                            "io.roomcast.protocol.CloseCode",
                            "io.roomcast.nowhere.Deleted",
                            "io.roomcast.websocket.undertow.UndertowSink",
                            // Of a library that is not here: who stands on it cannot be loaded, and nobody else minds.
                            "org.xnio.conduits.AbstractStreamSinkConduit"),
                    finder.asked);
        }
    }
}
