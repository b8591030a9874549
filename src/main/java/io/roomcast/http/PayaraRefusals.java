package io.roomcast.http;

import io.roomcast.service.admission.Verdict;
import java.io.CharConversionException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.glassfish.grizzly.Buffer;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.http.HttpContent;
import org.glassfish.grizzly.http.HttpHeader;
import org.glassfish.grizzly.http.HttpRequestPacket;
import org.glassfish.grizzly.http.HttpResponsePacket;
import org.glassfish.grizzly.http.Method;
import org.glassfish.grizzly.http.server.HttpServerFilter;
import org.glassfish.grizzly.http.server.HttpServerProbe;
import org.glassfish.grizzly.http.server.Response;
import org.glassfish.grizzly.http.util.DataChunk;
import org.glassfish.grizzly.http.util.Header;
import org.glassfish.grizzly.http.util.HttpStatus;
import org.glassfish.grizzly.memory.Buffers;
import org.glassfish.grizzly.memory.MemoryManager;
import org.glassfish.grizzly.nio.NIOConnection;

/**
 * Refuses requests on Payara that no application receives, because Payara cannot read their host or their path. Payara
 * itself answers many of them with 200, and writes a stack trace to its log. Also closes the connection after a request
 * with the method TRACE, which Payara refuses itself. {@link PayaraRequest#limitPipeline} does not count these requests,
 * so a thread would answer thousands of them in a row for one client. Also ends the connections of polls and streams whose
 * client has gone already, before Payara has any work with them. The first request on a listener makes this class
 * watch that listener, also for other applications. It does not change requests that an application can receive. This
 * class cannot be linked on other servers, like {@link PayaraRequest}.
 *
 * <p><b>Concurrency.</b> Grizzly calls the probes on the thread that reads or answers. Threads with a request call
 * {@link #watch}. The monitor of this object guards {@code closed}, so that no listener is watched after {@link #close}:
 * its probes would keep the undeployed application in memory.
 */
public final class PayaraRefusals implements AutoCloseable {
    private final HttpServerProbe traceProbe = new TraceProbe();
    private final GrizzlyHeads heads;
    /** The filters that answer the requests of the watched listeners. */
    private final Set<HttpServerFilter> watchedFilters = ConcurrentHashMap.newKeySet();
    /** The parsers of the watched listeners. */
    private final Set<org.glassfish.grizzly.http.HttpServerFilter> watchedParsers = ConcurrentHashMap.newKeySet();

    private boolean closed;

    /** @param waiting the paths of polls and streams, with that of this application in front */
    public PayaraRefusals(Set<String> waiting) {
        heads = new Heads(Set.copyOf(waiting));
    }

    /** Watches the listener of this request from now on. */
    public void watch(PayaraRequest request) {
        org.glassfish.grizzly.http.HttpServerFilter parser = request.parser();
        if (!watchedFilters.contains(request.server()) || parser != null && !watchedParsers.contains(parser)) {
            add(request.server(), parser);
        }
    }

    private synchronized void add(HttpServerFilter filter, org.glassfish.grizzly.http.HttpServerFilter parser) {
        if (!closed && watchedFilters.add(filter)) {
            filter.getMonitoringConfig().addProbes(traceProbe);
        }
        if (!closed && parser != null && watchedParsers.add(parser)) {
            parser.getMonitoringConfig().addProbes(heads);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        watchedFilters.forEach(filter -> filter.getMonitoringConfig().removeProbes(traceProbe));
        watchedParsers.forEach(parser -> parser.getMonitoringConfig().removeProbes(heads));
    }

    @SuppressWarnings("rawtypes") // Grizzly's signatures
    private static final class TraceProbe extends HttpServerProbe.Adapter {
        @Override
        public void onRequestCompleteEvent(HttpServerFilter filter, Connection connection, Response response) {
            HttpRequestPacket head = response.getRequest().getRequest();
            if (Method.TRACE.equals(head.getMethod())
                    && HttpStatus.METHOD_NOT_ALLOWED_405.statusMatches(response.getStatus())) {
                // Grizzly then discards the bytes that it has read, without looking for further requests in them.
                head.setContentBroken(true);
                head.getProcessingState().getHttpContext().close();
            }
        }
    }

    /** Checks a head once more when it is parsed. An exception at that time ends the connection. */
    @SuppressWarnings("rawtypes") // Grizzly's signatures
    private static final class Heads extends GrizzlyHeads {
        private final Set<String> waiting;

        Heads(Set<String> waiting) {
            this.waiting = waiting;
        }

        @Override
        public void onHeaderParseEvent(Connection connection, HttpHeader header, int bytes) {
            // The request PRI begins HTTP/2.
            if (header instanceof HttpRequestPacket head && head.getMethod() != Method.PRI) {
                if (waiting.contains(head.getRequestURI()) && isGone(connection, head, bytes)) {
                    connection.terminateSilently();
                    throw new RefusedHead();
                } else if (!hasReadableHost(head)) {
                    refuse(connection, head, Verdict.BAD_HOST);
                } else if (!hasReadablePath(head)) {
                    refuse(connection, head, Verdict.BAD_ADDRESS);
                }
            }
        }

        private static boolean isGone(Connection<?> connection, HttpRequestPacket head, int headBytes) {
            return !head.isChunked()
                    && Math.max(0, head.getContentLength()) <= bytesBehind(head, headBytes)
                    && connection instanceof NIOConnection own
                    && !GrizzlySocket.hasUnread(own)
                    && GrizzlySocket.hasEnded(own);
        }

        private static void refuse(Connection<?> connection, HttpRequestPacket head, Verdict verdict) {
            ErrorBody text = ErrorBody.of(Problem.of(verdict), "", head.getHeader("Accept"));
            HttpResponsePacket response = head.getResponse();
            // Grizzly writes neither the type nor the length of a response that it takes for an upgrade.
            head.setIgnoreContentModifiers(false);
            response.setStatus(verdict.status());
            SecurityHeaders.set("", response::setHeader);
            response.setContentType(text.contentType());
            response.setContentLength(text.bytes().length);
            response.setHeader(Header.Connection, "close");
            Buffer body = Buffers.wrap(MemoryManager.DEFAULT_MEMORY_MANAGER, text.bytes());
            HttpContent answer =
                    response.httpContentBuilder().content(body).last(true).build();
            var unused = connection.write(answer);
            throw new RefusedHead();
        }

        private static boolean hasReadableHost(HttpRequestPacket head) {
            if (head.getHeader(Header.Host) == null) {
                // Grizzly accepts this in HTTP/1.0 only, and would look up the name of its own address.
                return true;
            }
            try {
                DataChunk host = head.serverName();
                return !host.isNull() && host.getLength() > 0;
            } catch (RuntimeException e) {
                return false;
            }
        }

        private static boolean hasReadablePath(HttpRequestPacket head) {
            try {
                // Payara receives encoded slashes. It decodes the path once more, in its own way.
                head.getRequestURIRef().getDecodedRequestURIBC(true);
                return true;
            } catch (CharConversionException | RuntimeException e) {
                return false;
            }
        }
    }

    /** Makes Grizzly end the connection. Grizzly logs it at FINE only. */
    private static final class RefusedHead extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RefusedHead() {
            super("refused", null, false, false);
        }
    }
}
