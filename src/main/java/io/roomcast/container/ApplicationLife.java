package io.roomcast.container;

import io.roomcast.http.Payara;
import io.roomcast.http.UpgradedRequests;
import io.roomcast.jmx.Console;
import io.roomcast.service.Lifecycle;
import io.roomcast.service.Limits;
import io.roomcast.service.OwnClasses;
import io.roomcast.websocket.PayaraHandshake;
import io.roomcast.websocket.Transports;
import io.roomcast.websocket.TyrusBuffer;
import io.roomcast.websocket.TyrusTimer;
import io.roomcast.websocket.UndertowThreads;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.websocket.server.ServerContainer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Starts the node with the application and ends it with it.
 *
 * <p>It comes as an initializer, not as {@code @WebListener}: so it is the last listener of all, starts when the endpoints are there, and
 * is the first to hear of the end. On WildFly the listener that closes the WebSocket sessions would otherwise come before it, and clients
 * would not be told when to come back. Payara would leave the sessions open: there {@link Lifecycle#stop} closes them.
 */
public final class ApplicationLife implements ServletContainerInitializer, ServletContextListener {
    private static final String CLASSES = "/WEB-INF/classes/";
    /** Tyrus and Grizzly, and what only some have, as a class file names them. */
    private static final Pattern OTHER_SERVERS = Pattern.compile("org/glassfish/|org/eclipse/microprofile/health/");
    /** Where the WAR is unless somebody chose another place: there its MBeans have their plain names. */
    private static final Set<String> USUAL_CONTEXTS = Set.of("", "/roomcast");

    private final ServerLog log = new ServerLog();

    @Override
    public void onStartup(Set<Class<?>> none, ServletContext application) {
        application.addListener(this);
        if (Payara.runs(application)) {
            PayaraHandshake.addTo(application);
            log.begin();
        }
    }

    @Override
    public void contextInitialized(ServletContextEvent event) {
        ServletContext application = event.getServletContext();
        loadClasses(application);
        Lifecycle lifecycle = lifecycle();
        try {
            Object webSockets = application.getAttribute(ServerContainer.class.getName());
            TyrusBuffer.follow(webSockets, CDI.current().select(Limits.class).get());
            TyrusTimer.leaveOut(webSockets);
            UndertowThreads.stay(webSockets);
            CDI.current().select(Transports.class).get().begin(webSockets);
            lifecycle.start();
            String context = application.getContextPath();
            console().open(USUAL_CONTEXTS.contains(context), "context=" + contextName(context));
        } catch (RuntimeException e) {
            // Not every server tells the end to one that failed to begin.
            console().close();
            lifecycle.stop();
            throw e;
        }
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        try {
            lifecycle().stop();
        } finally {
            console().close();
            CDI.current().select(UpgradedRequests.class).get().release();
            log.end();
        }
    }

    private static void loadClasses(ServletContext application) {
        Stream<String> classes = files(application, CLASSES);
        if (!Payara.runs(application)) {
            classes = classes.filter(file -> !isOfOtherServers(application, file));
        }
        OwnClasses.load(classes.map(file -> file.substring(CLASSES.length())));
    }

    /** WildFly would log a warning for each class that stands on those. */
    private static boolean isOfOtherServers(ServletContext application, String file) {
        try (InputStream bytes = application.getResourceAsStream(file)) {
            return OTHER_SERVERS
                    .matcher(new String(bytes.readAllBytes(), StandardCharsets.ISO_8859_1))
                    .find();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> files(ServletContext application, String directory) {
        return application.getResourcePaths(directory).stream()
                .flatMap(path -> path.endsWith("/") ? files(application, path) : Stream.of(path));
    }

    /** Without what has a meaning in the name of an MBean, or in an address of a metric that a server makes of it. */
    private static String contextName(String path) {
        return path.isEmpty() ? "root" : path.substring(1).replaceAll("[^\\p{L}\\p{N}._-]", "-");
    }

    private static Console console() {
        return CDI.current().select(Console.class).get();
    }

    private static Lifecycle lifecycle() {
        return CDI.current().select(Lifecycle.class).get();
    }
}
