package io.roomcast.container;

import io.roomcast.config.ConfigException;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.jmx.JmxRegistrar;
import io.roomcast.node.Author;
import io.roomcast.node.ClassPreloader;
import io.roomcast.node.ServerInfo;
import io.roomcast.node.Threads;
import io.roomcast.service.CoreRehearsal;
import io.roomcast.service.Lifecycle;
import io.roomcast.service.operations.Drain;
import io.roomcast.websocket.ServerIntegration;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Starts the node with the application and stops it with the application.
 *
 * <p>A container initializer registers this listener; the listener has no {@code @WebListener}. So it is the last
 * listener. The server calls it last at the start, when the endpoints are deployed, and first at the stop. Otherwise
 * WildFly would close the WebSocket sessions before the node can tell clients when to reconnect. Payara leaves the
 * sessions open, and {@link Lifecycle#stop} closes them.
 */
public final class ApplicationLifecycle implements ServletContainerInitializer, ServletContextListener {
    private static final Logger LOG = System.getLogger(ApplicationLifecycle.class.getName());

    private static final String CLASSES_PATH = "/WEB-INF/classes/";
    /**
     * Packages that only some servers have, in the notation of class files: Tyrus and Grizzly, and MicroProfile Health.
     */
    private static final Pattern OTHER_SERVERS_PACKAGES =
            Pattern.compile("org/glassfish/|org/eclipse/microprofile/health/");
    /** The usual context paths. With these, the names of the MBeans do not contain the path. */
    private static final Set<String> DEFAULT_CONTEXTS = Set.of("", "/roomcast");

    private final ServerLog serverLog = new ServerLog();
    /** Null before the node has started. */
    private ServerSuspension suspension;

    @Override
    public void onStartup(Set<Class<?>> none, ServletContext application) {
        application.addListener(this);
        ServerIntegration.prepare(application);
        declareRoles(application);
        serverLog.limit(ServerIntegration.isPayaraOrGlassFish(application));
    }

    /** Some servers know no role of a user that the application has not declared, here at the latest. */
    private static void declareRoles(ServletContext application) {
        try {
            application.declareRoles(
                    ServerLogin.rolesToAskFor(ConfigSources.load()).toArray(String[]::new));
        } catch (ConfigException e) {
            LOG.log(Level.DEBUG, "the check of the configuration tells this and fails the deployment", e);
        }
    }

    @Override
    public void contextInitialized(ServletContextEvent event) {
        ServletContext application = event.getServletContext();
        loadClasses(application);
        EmbeddedServerKeys.warnOf(CDI.current().select(RoomcastConfig.class).get());
        Lifecycle lifecycle = lifecycle();
        try {
            EagerBeans.create();
            boolean hasFastPath = serverIntegration().start(application);
            ThreadFactory threads = CDI.current().select(Threads.class).get().loopThreads();
            lifecycle.start(new ServerInfo(application.getServerInfo(), hasFastPath), () -> new CoreRehearsal(threads));
            String context = application.getContextPath();
            jmxRegistrar().open(DEFAULT_CONTEXTS.contains(context), "context=" + contextName(context));
            suspension = new ServerSuspension(CDI.current().select(Drain.class).get());
            suspension.open();
        } catch (RuntimeException e) {
            // Not every server calls contextDestroyed after a failed start.
            jmxRegistrar().close();
            lifecycle.stop(Author.SERVER);
            throw e;
        }
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        if (suspension != null) {
            suspension.close();
        }
        try {
            lifecycle().stop(Author.SERVER);
        } finally {
            jmxRegistrar().close();
            serverIntegration().stop(event.getServletContext());
            serverLog.restore();
        }
    }

    private static void loadClasses(ServletContext application) {
        Stream<String> classes = files(application, CLASSES_PATH);
        if (!ServerIntegration.isPayaraOrGlassFish(application)) {
            classes = classes.filter(file -> !usesOtherServers(application, file));
        }
        ClassPreloader.load(classes.map(file -> file.substring(CLASSES_PATH.length())));
    }

    /**
     * Whether a class file refers to packages that only other servers have. WildFly would log a warning for each class
     * that it cannot link.
     */
    private static boolean usesOtherServers(ServletContext application, String file) {
        try (InputStream bytes = application.getResourceAsStream(file)) {
            return OTHER_SERVERS_PACKAGES
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

    private static JmxRegistrar jmxRegistrar() {
        return CDI.current().select(JmxRegistrar.class).get();
    }

    private static ServerIntegration serverIntegration() {
        return CDI.current().select(ServerIntegration.class).get();
    }

    private static Lifecycle lifecycle() {
        return CDI.current().select(Lifecycle.class).get();
    }
}
