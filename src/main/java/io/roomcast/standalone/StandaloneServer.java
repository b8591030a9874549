package io.roomcast.standalone;

import io.roomcast.config.Keys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.http.ApiServlet;
import io.roomcast.http.HealthServlet;
import io.roomcast.http.MetricsServlet;
import io.roomcast.jmx.Console;
import io.roomcast.jwt.JwtVerifier;
import io.roomcast.redis.RedisRelayProvider;
import io.roomcast.service.Guard;
import io.roomcast.service.Lifecycle;
import io.roomcast.service.Limits;
import io.roomcast.service.RoomService;
import io.roomcast.websocket.NamedRoomEndpoint;
import io.roomcast.websocket.RoomEndpoint;
import io.roomcast.websocket.TyrusBuffer;
import io.roomcast.websocket.TyrusTimer;
import jakarta.enterprise.inject.se.SeContainer;
import jakarta.enterprise.inject.se.SeContainerInitializer;
import jakarta.websocket.DeploymentException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.glassfish.grizzly.http.server.HttpServer;
import org.glassfish.grizzly.http.server.NetworkListener;
import org.glassfish.grizzly.servlet.ServletRegistration;
import org.glassfish.grizzly.servlet.WebappContext;
import org.glassfish.grizzly.strategies.SameThreadIOStrategy;

/** A node in this process: chat UI, WebSocket endpoints and health on one port. */
public final class StandaloneServer implements AutoCloseable {
    private final SeContainer cdi;
    private final TyrusContainer webSockets;
    private final HttpServer http;
    private final NetworkListener listener;

    private StandaloneServer(RoomcastConfig config, Path webroot) throws IOException {
        cdi = SeContainerInitializer.newInstance()
                .disableDiscovery()
                // By class: a package may be in several places of a class path, and only one of them would be searched.
                .addPackages(
                        RoomService.class,
                        JwtVerifier.class,
                        RoomEndpoint.class,
                        HealthServlet.class,
                        Console.class,
                        RedisRelayProvider.class)
                .addBeanClasses(StandaloneBeans.class)
                .addExtensions(new ConfigExtension(config))
                .addProperty("org.jboss.weld.se.shutdownHook", false)
                .initialize();
        webSockets = CdiComponentProvider.with(
                cdi.getBeanManager(), () -> new TyrusContainer(Set.of(RoomEndpoint.class, NamedRoomEndpoint.class)));
        http = new HttpServer();
        listener = new NetworkListener("roomcast", config.get(Keys.HOST), config.get(Keys.PORT));
        try {
            listen(webroot);
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Starts a node, and returns when it serves.
     *
     * @param webroot directory of the chat UI
     * @throws IOException when it cannot listen on the address and port
     */
    public static StandaloneServer start(RoomcastConfig config, Path webroot) throws IOException {
        ClassFiles.load();
        return new StandaloneServer(config, webroot);
    }

    private void listen(Path webroot) throws IOException {
        // No more than the socket's own buffer has: Grizzly would set that, and the system would not let it grow then.
        listener.getTransport().setReadBufferSize(TyrusBuffer.READ_BYTES / 2);
        listener.getTransport().setIOStrategy(SameThreadIOStrategy.getInstance());
        listener.getKeepAlive().setIdleTimeoutInSeconds(60);
        listener.registerAddOn(new UpgradeAddOn());
        listener.registerAddOn(new GuardAddOn(cdi.select(Guard.class).get()));
        listener.registerAddOn(new LeaveHttpAddOn());
        listener.registerAddOn(webSockets.addOn());
        http.addListener(listener);
        http.getServerConfiguration().addHttpHandler(new WebRoot(webroot), "/");
        WebappContext servlets = new WebappContext("roomcast", "");
        servlets.addServlet("health", injected(HealthServlet.class)).addMapping("/health/*");
        servlets.addServlet("metrics", injected(MetricsServlet.class)).addMapping("/metrics");
        ServletRegistration api = servlets.addServlet("api", injected(ApiServlet.class));
        api.addMapping("/api/v1/*");
        api.setAsyncSupported(true);
        servlets.deploy(http);
        try {
            webSockets.deploy();
        } catch (DeploymentException e) {
            throw new IllegalStateException(e);
        }
        TyrusBuffer.follow(webSockets, cdi.select(Limits.class).get());
        TyrusTimer.leaveOut(webSockets);
        http.start();
        cdi.select(Lifecycle.class).get().start();
        cdi.select(Console.class).get().open(true, "port=" + listener.getPort());
    }

    private <T> T injected(Class<T> type) {
        return CdiComponentProvider.injected(cdi.getBeanManager(), type);
    }

    /** The port that it listens on. */
    public int port() {
        return listener.getPort();
    }

    /** Tells the clients, closes them, and ends; within seconds. */
    @Override
    public void close() {
        if (cdi.isRunning()) {
            if (http.isStarted()) {
                cdi.select(Lifecycle.class).get().stop();
            }
            cdi.select(Console.class).get().close();
            http.shutdownNow();
            webSockets.stop();
            cdi.close();
        }
    }
}
