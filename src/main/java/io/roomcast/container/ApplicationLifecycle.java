package io.roomcast.container;

import io.roomcast.jmx.JmxRegistrar;
import io.roomcast.node.ClassPreloader;
import io.roomcast.service.Lifecycle;
import io.roomcast.websocket.ServerIntegration;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Starts the node with the application and stops it with the application.
 *
 * <p>A container initializer registers this listener, not {@code @WebListener}. So it is the last listener: the server
 * calls it last at the start, when the endpoints are deployed, and first at the end. Otherwise WildFly would close the
 * WebSocket sessions before the node can tell clients when to reconnect. Payara leaves the sessions open;
 * {@link Lifecycle#stop} closes them.
 */
public final class ApplicationLifecycle implements ServletContainerInitializer, ServletContextListener {
    private static final String CLASSES = "/WEB-INF/classes/";
    /** Packages that only some servers have, as a class file names them: Tyrus, Grizzly and MicroProfile Health. */
    private static final Pattern OTHER_SERVERS = Pattern.compile("org/glassfish/|org/eclipse/microprofile/health/");
    /** The usual context paths, where the MBeans have names without the path. */
    private static final Set<String> USUAL_CONTEXTS = Set.of("", "/roomcast");

    private final ServerLog serverLog = new ServerLog();

    @Override
    public void onStartup(Set<Class<?>> none, ServletContext application) {
        application.addListener(this);
        ServerIntegration.prepare(application);
        if (ServerIntegration.isPayara(application)) {
            serverLog.limit();
        }
    }

    @Override
    public void contextInitialized(ServletContextEvent event) {
        ServletContext application = event.getServletContext();
        loadClasses(application);
        Lifecycle lifecycle = lifecycle();
        try {
            webSockets().start(application);
            lifecycle.start();
            String context = application.getContextPath();
            console().open(USUAL_CONTEXTS.contains(context), "context=" + contextName(context));
        } catch (RuntimeException e) {
            // Not every server calls contextDestroyed after a failed start.
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
            webSockets().stop(event.getServletContext());
            serverLog.restore();
        }
    }

    private static void loadClasses(ServletContext application) {
        Stream<String> classes = files(application, CLASSES);
        if (!ServerIntegration.isPayara(application)) {
            classes = classes.filter(file -> !isOfOtherServers(application, file));
        }
        ClassPreloader.load(classes.map(file -> file.substring(CLASSES.length())));
    }

    /** WildFly would log a warning for each class that it cannot link. */
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

    /** The path without characters that have a meaning in the name of an MBean or of a metric. */
    private static String contextName(String path) {
        return path.isEmpty() ? "root" : path.substring(1).replaceAll("[^\\p{L}\\p{N}._-]", "-");
    }

    private static JmxRegistrar console() {
        return CDI.current().select(JmxRegistrar.class).get();
    }

    private static ServerIntegration webSockets() {
        return CDI.current().select(ServerIntegration.class).get();
    }

    private static Lifecycle lifecycle() {
        return CDI.current().select(Lifecycle.class).get();
    }
}
