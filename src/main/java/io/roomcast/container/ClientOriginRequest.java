package io.roomcast.container;

import io.roomcast.service.admission.ClientOrigin;
import io.roomcast.service.admission.RequestHead;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A request as the classes behind the guard see it. A handshake, and a request for rooms over HTTP, has a header with
 * its {@link ClientOrigin}. Other requests have neither that header nor the headers that ask for a WebSocket, even if the client sent them.
 */
final class ClientOriginRequest extends HttpServletRequestWrapper {
    private static final String EXTENSIONS = "Sec-WebSocket-Extensions";
    private static final String SUBPROTOCOLS = "Sec-WebSocket-Protocol";

    private final boolean isHandshake;

    /** The sealed origin; null for a request that nobody asks for its origin. */
    private String origin;

    /** Used by the thread of the filter only. */
    private boolean asynchronous;

    private ClientOriginRequest(HttpServletRequest request, boolean isHandshake, String origin) {
        super(request);
        this.isHandshake = isHandshake;
        this.origin = origin;
    }

    /** @param origin the sealed origin */
    static ClientOriginRequest ofHandshake(HttpServletRequest request, String origin) {
        return new ClientOriginRequest(request, true, origin);
    }

    static ClientOriginRequest withoutOrigin(HttpServletRequest request) {
        return new ClientOriginRequest(request, false, null);
    }

    /** @param sealed the sealed origin of a request for rooms over HTTP */
    void setOrigin(String sealed) {
        origin = sealed;
    }

    /**
     * Whether another thread answers this request. If that thread has already answered the request, the server may have
     * reused the request object.
     */
    boolean isAsynchronous() {
        return asynchronous;
    }

    @Override
    public AsyncContext startAsync() {
        asynchronous = true;
        return super.startAsync();
    }

    @Override
    public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
        asynchronous = true;
        return super.startAsync(request, response);
    }

    /** The local address as it is. Tyrus asks for the name of each handshake, and Payara would look it up in DNS. */
    @Override
    public String getLocalName() {
        return getLocalAddr();
    }

    /** Whether the header that the client sent is hidden. */
    private boolean isHidden(String name) {
        return ClientOrigin.HEADER.equalsIgnoreCase(name) || !isHandshake && RequestHead.isUpgradeHeader(name);
    }

    @Override
    public String getHeader(String name) {
        Enumeration<String> values = getHeaders(name);
        return values.hasMoreElements() ? values.nextElement() : null;
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
        if (origin != null && ClientOrigin.HEADER.equalsIgnoreCase(name)) {
            return Collections.enumeration(List.of(origin));
        }
        if (isHidden(name)) {
            return Collections.emptyEnumeration();
        }
        if (SUBPROTOCOLS.equalsIgnoreCase(name)) {
            List<String> lines = Collections.list(super.getHeaders(name));
            // Undertow reads the first line only.
            return Collections.enumeration(lines.size() > 1 ? List.of(String.join(", ", lines)) : lines);
        }
        if (EXTENSIONS.equalsIgnoreCase(name)) {
            return Collections.enumeration(ExtensionOffers.known(Collections.list(super.getHeaders(name))));
        }
        return super.getHeaders(name);
    }

    @Override
    public Enumeration<String> getHeaderNames() {
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        for (String name : Collections.list(super.getHeaderNames())) {
            if (!isHidden(name)) {
                names.add(name);
            }
        }
        if (origin != null) {
            names.add(ClientOrigin.HEADER);
        }
        return Collections.enumeration(names);
    }
}
