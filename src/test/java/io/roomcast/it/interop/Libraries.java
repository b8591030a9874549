package io.roomcast.it.interop;

import java.util.EnumMap;
import java.util.Map;

/** The libraries that were started. A library is started when a test first asks for it. */
final class Libraries implements AutoCloseable {
    private final Map<Kind, Library> started = new EnumMap<>(Kind.class);

    /** Starts a library; aborts the test where the machine does not have what the library needs. */
    @FunctionalInterface
    private interface Starter {
        Library start() throws Exception;
    }

    /** The libraries. */
    enum Kind {
        JDK(JdkLibrary::new),
        OKHTTP(OkHttpLibrary::new),
        JAVA_WEBSOCKET(JavaWebSocketLibrary::new),
        JETTY(JettyLibrary::new),
        VERTX(VertxLibrary::new),
        TYRUS(TyrusLibrary::new),
        NODE_WS(NodeLibrary::ws),
        NODE_UNDICI(NodeLibrary::own);

        private final Starter starter;

        Kind(Starter starter) {
            this.starter = starter;
        }
    }

    Library get(Kind kind) throws Exception {
        Library library = started.get(kind);
        if (library == null) {
            library = kind.starter.start();
            started.put(kind, library);
        }
        return library;
    }

    @Override
    public void close() {
        started.values().forEach(Library::close);
        started.clear(); // A test class may run a second time in the same process.
    }
}
