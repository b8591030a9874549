package io.roomcast.websocket.payara;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.support.EchoEndpoint;
import io.roomcast.support.IdlingServer;
import io.roomcast.support.RawWebSocket;
import io.roomcast.websocket.tyrus.TyrusContainer;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.glassfish.grizzly.http.server.HttpHandler;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.http.server.RequestExecutorProvider;
import org.glassfish.grizzly.http.server.Response;
import org.glassfish.grizzly.strategies.WorkerThreadIOStrategy;
import org.glassfish.tyrus.core.RequestContext;
import org.glassfish.tyrus.core.TyrusUpgradeResponse;
import org.glassfish.tyrus.core.Utils;
import org.glassfish.tyrus.spi.WebSocketEngine;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A connection that leaves HTTP on a server of Grizzly that shakes hands as Payara does: inside a request. */
@Timeout(60)
class PayaraConnectionTest {
    @AutoClose("shutdownNow")
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    @AutoClose
    private final WebSocketSelectors selectors = new WebSocketSelectors(1);

    PayaraConnectionTest() throws IOException {}

    @Test
    void mayBeSilentForLongerThanTheServerLetsHttpBe() throws Exception {
        TyrusContainer container = new TyrusContainer(Set.of());
        container.register(EchoEndpoint.config());
        HttpHandler handler = new Handshake(container.getWebSocketEngine());
        try (IdlingServer server = new IdlingServer(
                (http, listener) -> http.getServerConfiguration().addHttpHandler(handler, "/ws"))) {
            server.assertServesSilentWebSockets();
        } finally {
            container.stop();
        }
    }

    /** As those of Payara are not, beside a crowd that sends requests of other kinds. */
    @Test
    void isReadWhileNoThreadForRequestsIsFree() throws Exception {
        TyrusContainer container = new TyrusContainer(Set.of());
        container.register(EchoEndpoint.config());
        HttpHandler handler = new Handshake(container.getWebSocketEngine());
        ExecutorService workers = Executors.newFixedThreadPool(1);
        CompletableFuture<Void> free = new CompletableFuture<>();
        try (IdlingServer server = new IdlingServer((http, listener) -> {
                    listener.getTransport().setIOStrategy(WorkerThreadIOStrategy.getInstance());
                    listener.getTransport().setWorkerThreadPool(workers);
                    http.getServerConfiguration().addHttpHandler(handler, "/ws");
                });
                RawWebSocket webSocket = RawWebSocket.connect(server.webSocket())) {
            workers.execute(free::join);
            for (String text : List.of("first", "second")) {
                webSocket.text(text);
                assertEquals(text, webSocket.read().text());
            }
        } finally {
            free.complete(null);
            workers.shutdownNow();
            container.stop();
        }
    }

    private final class Handshake extends HttpHandler {
        private final WebSocketEngine engine;

        Handshake(WebSocketEngine engine) {
            this.engine = engine;
        }

        @Override
        public RequestExecutorProvider getRequestExecutorProvider() {
            return new RequestExecutorProvider.SameThreadProvider();
        }

        @Override
        public void service(Request request, Response response) throws Exception {
            RequestContext asked = RequestContext.Builder.create()
                    .requestURI(URI.create(request.getRequestURI()))
                    .build();
            request.getHeaderNames().forEach(name -> asked.getHeaders().put(name, List.of(request.getHeader(name))));
            TyrusUpgradeResponse answer = new TyrusUpgradeResponse();
            WebSocketEngine.UpgradeInfo upgrade = engine.upgrade(asked, answer);
            response.setStatus(answer.getStatus());
            answer.getHeaders().forEach((name, values) -> response.setHeader(name, Utils.getHeaderFromList(values)));
            PayaraConnection connection = PayaraConnection.of(request, selectors, () -> 1_000, timer);
            response.suspend();
            response.flush();
            connection.detach(upgrade, new SuspendedRequest(response));
        }
    }

    /** @param response whose request ends with this */
    private record SuspendedRequest(Response response) implements WebConnection {
        @Override
        public ServletInputStream getInputStream() {
            throw new UnsupportedOperationException();
        }

        @Override
        public ServletOutputStream getOutputStream() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            response.resume();
        }
    }
}
