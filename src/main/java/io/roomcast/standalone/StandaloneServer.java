package io.roomcast.standalone;

import io.roomcast.config.Keys;
import io.roomcast.config.LimitKeys;
import io.roomcast.config.OperationKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.http.ErrorBody;
import io.roomcast.http.HealthServlet;
import io.roomcast.http.Problem;
import io.roomcast.http.api.ApiServlet;
import io.roomcast.http.metrics.MetricsRegistry;
import io.roomcast.http.metrics.MetricsServlet;
import io.roomcast.http.rooms.RoomsServlet;
import io.roomcast.jmx.JmxRegistrar;
import io.roomcast.jwt.JwtVerifier;
import io.roomcast.kafka.KafkaRelayProvider;
import io.roomcast.local.LocalRelayProvider;
import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.nats.NatsRelayProvider;
import io.roomcast.node.Author;
import io.roomcast.node.FileDescriptors;
import io.roomcast.node.Limits;
import io.roomcast.node.ServerInfo;
import io.roomcast.node.Threads;
import io.roomcast.rabbitmq.RabbitRelayProvider;
import io.roomcast.redis.RedisRelayProvider;
import io.roomcast.relay.Archive;
import io.roomcast.service.Lifecycle;
import io.roomcast.service.RoomService;
import io.roomcast.service.admission.Entry;
import io.roomcast.service.admission.RequestGuard;
import io.roomcast.service.admission.Verdict;
import io.roomcast.service.cluster.NodeSessions;
import io.roomcast.service.operations.Drain;
import io.roomcast.service.operations.WarmUp;
import io.roomcast.service.presence.PresenceAnnouncer;
import io.roomcast.service.records.Exports;
import io.roomcast.service.session.SessionRegistry;
import io.roomcast.websocket.EmbeddedWebSockets;
import io.roomcast.websocket.MultiRoomEndpoint;
import jakarta.enterprise.inject.se.SeContainer;
import jakarta.enterprise.inject.se.SeContainerInitializer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.glassfish.grizzly.Grizzly;
import org.glassfish.grizzly.http.server.AddOn;
import org.glassfish.grizzly.http.server.HttpServer;
import org.glassfish.grizzly.http.server.NetworkListener;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.servlet.ServletRegistration;
import org.glassfish.grizzly.servlet.WebappContext;

/**
 * A node in this process, with chat UI, WebSockets, API, metrics and health, on one port or two. Start and close it
 * from one thread.
 */
public final class StandaloneServer implements AutoCloseable {
    /** Requests that may wait for a worker. */
    private static final int QUEUED_REQUESTS = 4_096;
    /** How long the stop waits for requests that are being processed. They never wait for a client. */
    private static final long REQUESTS_END_SECONDS = 2;

    /** Empty if messages are in memory only. */
    private final Optional<Archive> archive;

    private final SeContainer cdi;
    private final EmbeddedWebSockets webSockets;
    private final HttpServer http;
    private final NetworkListener listener;
    /** Null if everything is on one port. */
    private final NetworkListener operations;

    private final ThreadPoolExecutor workers =
            workers(Math.max(2, Runtime.getRuntime().availableProcessors()));
    private final ExecutorService healthWorker = workers(1);

    /** Whether this node only plays the {@link LoopbackRehearsal} of another. */
    private final boolean isRehearsal;

    private StandaloneServer(RoomcastConfig config, Path webroot, Optional<Archive> archive, boolean isRehearsal)
            throws IOException {
        this.archive = archive;
        this.isRehearsal = isRehearsal;
        cdi = SeContainerInitializer.newInstance()
                .disableDiscovery()
                // By class, because a package may be in several places of the class path. By name, only one of them
                // would be searched.
                .addPackages(
                        Threads.class,
                        LocalRelayProvider.class,
                        RoomService.class,
                        Exports.class,
                        SessionRegistry.class,
                        RequestGuard.class,
                        PresenceAnnouncer.class,
                        Drain.class,
                        NodeSessions.class,
                        JwtVerifier.class,
                        MultiRoomEndpoint.class,
                        HealthServlet.class,
                        ApiServlet.class,
                        RoomsServlet.class,
                        MetricsRegistry.class,
                        JmxRegistrar.class,
                        RedisRelayProvider.class,
                        NatsRelayProvider.class,
                        KafkaRelayProvider.class,
                        RabbitRelayProvider.class)
                .addBeanClasses(StandaloneBeans.class)
                .addExtensions(new ConfigExtension(config, archive))
                .addProperty("org.jboss.weld.se.shutdownHook", false)
                // Beans call each other without a proxy, which would allocate at each call. No bean is destroyed alone.
                .addProperty("org.jboss.weld.injection.injectableReferenceOptimization", true)
                .initialize();
        webSockets = CdiComponentProvider.with(cdi.getBeanManager(), EmbeddedWebSockets::new);
        http = new HttpServer();
        listener = new NetworkListener("roomcast", config.get(Keys.HOST), config.get(Keys.PORT));
        OptionalInt port = config.get(OperationKeys.PORT);
        operations = port.isEmpty()
                ? null
                : new NetworkListener("roomcast-operations", config.get(OperationKeys.HOST), port.getAsInt());
        try {
            listen(config, webroot);
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Starts a node, and returns when it serves. It may still warm up then.
     *
     * @param webroot directory of the chat UI
     * @throws IOException when it cannot listen on the address and port
     * @throws StartException when the archive cannot be opened
     */
    public static StandaloneServer start(RoomcastConfig config, Path webroot) throws IOException {
        ClassDirectories.load();
        Optional<Archive> archive = EmbeddedArchive.open(config);
        try {
            return new StandaloneServer(config, webroot, archive, false);
        } catch (IOException | RuntimeException e) {
            archive.ifPresent(Archive::close);
            throw e;
        }
    }

    /** Starts a node that logs, measures and keeps nothing, and has no MBeans. */
    static StandaloneServer startRehearsal(RoomcastConfig config, Path webroot) throws IOException {
        return new StandaloneServer(config, webroot, Optional.empty(), true);
    }

    /** Returns when the node does not warm up any more. */
    public void awaitWarmUp() {
        cdi.select(WarmUp.class).get().await();
    }

    /** Threads for HTTP requests. The limiter admits fewer requests than the queue has room for. */
    private static ThreadPoolExecutor workers(int threads) {
        return new ThreadPoolExecutor(
                threads, threads, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(QUEUED_REQUESTS), task -> {
                    Thread thread = new Thread(task, "roomcast-http");
                    thread.setDaemon(true);
                    return thread;
                });
    }

    private void listen(RoomcastConfig config, Path webroot) throws IOException {
        NodeMetrics metrics = cdi.select(NodeMetrics.class).get();
        ScheduledExecutorService timer = cdi.select(Threads.class).get().timer();
        ConnectionLimiter limiter =
                new ConnectionLimiter(config, FileDescriptors.connections(), metrics, System::nanoTime);
        Runnable checks = () -> {
            limiter.tick();
            limiter.inSession().forEach(limiter::closeIfGone);
        };
        var unused = timer.scheduleWithFixedDelay(checks, 1, 1, TimeUnit.SECONDS);
        ErrorResponder responder = new ErrorResponder(limiter);
        Limits limits = cdi.select(Limits.class).get();
        AddOn handshakes = webSockets.handshakes(
                (context, request) -> {
                    metrics.increment(Counter.HANDSHAKES_MALFORMED);
                    return responder.reject(context, request, Verdict.BAD_HANDSHAKE);
                },
                () -> limits.get(LimitKeys.FRAME_BYTES),
                timer);
        RequestGuard guard = cdi.select(RequestGuard.class).get();
        for (NetworkListener each : operations == null ? List.of(listener) : List.of(listener, operations)) {
            // This size is not larger than the buffer of the socket. Otherwise Grizzly would set the size of that
            // buffer, and the system would no longer enlarge it.
            each.getTransport().setReadBufferSize(EmbeddedWebSockets.READ_BUFFER_BYTES);
            new AcceptStrategy(limiter, metrics, timer, System::nanoTime).install(each.getTransport());
            each.registerAddOn(new ConnectionAddOn(limiter));
            each.getKeepAlive().setIdleTimeoutInSeconds(60);
            each.registerAddOn(new ChunkedBodyAddOn());
            each.registerAddOn(new IgnoreOtherUpgradesAddOn());
            Entry entry = operations == null ? Entry.ONLY : each == operations ? Entry.OPERATIONS : Entry.CLIENTS;
            each.registerAddOn(new GuardAddOn(guard, responder, entry));
            if (entry != Entry.OPERATIONS) {
                each.registerAddOn(handshakes);
            }
            each.registerAddOn(new RequestDispatchAddOn(limiter, responder, workers, healthWorker));
            http.addListener(each);
        }
        http.getServerConfiguration().addHttpHandler(new WebRoot(webroot), "/");
        http.getServerConfiguration().setDefaultErrorPageGenerator(StandaloneServer::errorPage);
        WebappContext servlets = new WebappContext("roomcast", "");
        servlets.addServlet("health", injected(HealthServlet.class)).addMapping("/health/*");
        servlets.addServlet("metrics", injected(MetricsServlet.class)).addMapping("/metrics");
        ServletRegistration api = servlets.addServlet("api", injected(ApiServlet.class));
        api.addMapping("/api/v1/*");
        api.setAsyncSupported(true);
        ServletRegistration rooms = servlets.addServlet("rooms", injected(RoomsServlet.class));
        rooms.addMapping(RoomsServlet.ADDRESS + "/*");
        rooms.setAsyncSupported(true);
        servlets.deploy(http);
        // Otherwise each response would name Grizzly and its version.
        servlets.setServerInfo("");
        webSockets.start();
        http.start();
        Lifecycle lifecycle = cdi.select(Lifecycle.class).get();
        if (isRehearsal) {
            lifecycle.startRehearsal();
            return;
        }
        lifecycle.start(
                new ServerInfo(
                        "the embedded server (Grizzly " + Grizzly.getDotedVersion() + ") at " + addresses(), true),
                () -> LoopbackRehearsal.open(config, webroot));
        cdi.select(JmxRegistrar.class).get().open(true, "port=" + listener.getPort());
    }

    private String addresses() {
        return address(listener) + (operations == null ? "" : ", for operations at " + operationsAddress());
    }

    private static String address(NetworkListener listener) {
        String host = listener.getHost();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + listener.getPort();
    }

    /** The page of an error, without the name of the server and the address that the client asked for. */
    private static String errorPage(
            Request request, int status, String reason, String description, Throwable exception) {
        ErrorBody body = ErrorBody.of(
                Problem.ofStatus(status, status + " " + reason), request.getRequestURI(), request.getHeader("Accept"));
        request.getResponse().setContentType(body.contentType());
        return new String(body.bytes(), StandardCharsets.UTF_8);
    }

    private <T> T injected(Class<T> type) {
        return CdiComponentProvider.injected(cdi.getBeanManager(), type);
    }

    /** The port on which the server listens. */
    public int port() {
        return listener.getPort();
    }

    /** The address of metrics and the server API; null if they have none of their own. */
    public String operationsAddress() {
        return operations == null ? null : address(operations);
    }

    /** Where messages are kept that outlive this process; null if none are. */
    public String archivePlace() {
        return archive.map(Archive::place).orElse(null);
    }

    /**
     * Requests that are being processed end before what they use. Those that wait for a thread are cut with their
     * connection; further ones are answered 503.
     */
    private void endRequests() {
        workers.getQueue().clear();
        workers.shutdown();
        try {
            workers.awaitTermination(REQUESTS_END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Closes the sessions with a reason, then stops the server. Takes seconds. */
    @Override
    public void close() {
        if (cdi.isRunning()) {
            endRequests();
            Lifecycle lifecycle = cdi.select(Lifecycle.class).get();
            if (isRehearsal) {
                lifecycle.endRehearsal();
            } else if (http.isStarted()) {
                lifecycle.stop(Author.PROCESS);
            }
            cdi.select(JmxRegistrar.class).get().close();
            healthWorker.shutdownNow();
            http.shutdownNow();
            workers.shutdownNow();
            webSockets.stop();
            cdi.close();
            archive.ifPresent(Archive::close);
        }
    }
}
