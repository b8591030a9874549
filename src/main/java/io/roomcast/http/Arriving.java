package io.roomcast.http;

import io.roomcast.service.Arrival;
import io.roomcast.service.RequestHead;
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
 * A request as the rest of the server may see it. A handshake has the header that tells the endpoint how it arrived; no other request has that header, or one
 * that a server would open a WebSocket for.
 */
final class Arriving extends HttpServletRequestWrapper {
    /** Null for a request that is no handshake. */
    private final String arrival;

    /** On the thread of the filter alone. */
    private boolean leftToOthers;

    /** @param arrival of a handshake, sealed; else null */
    Arriving(HttpServletRequest request, String arrival) {
        super(request);
        this.arrival = arrival;
    }

    /** Whether other threads answer it, or have done so: then the server may use it for another request already. */
    boolean isLeftToOthers() {
        return leftToOthers;
    }

    @Override
    public AsyncContext startAsync() {
        leftToOthers = true;
        return super.startAsync();
    }

    @Override
    public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
        leftToOthers = true;
        return super.startAsync(request, response);
    }

    private boolean isHidden(String name) {
        return Arrival.HEADER.equalsIgnoreCase(name) || arrival == null && RequestHead.isOffer(name);
    }

    @Override
    public String getHeader(String name) {
        Enumeration<String> values = getHeaders(name);
        return values.hasMoreElements() ? values.nextElement() : null;
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
        if (arrival != null && Arrival.HEADER.equalsIgnoreCase(name)) {
            return Collections.enumeration(List.of(arrival));
        }
        return isHidden(name) ? Collections.emptyEnumeration() : super.getHeaders(name);
    }

    @Override
    public Enumeration<String> getHeaderNames() {
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        for (String name : Collections.list(super.getHeaderNames())) {
            if (!isHidden(name)) {
                names.add(name);
            }
        }
        if (arrival != null) {
            names.add(Arrival.HEADER);
        }
        return Collections.enumeration(names);
    }
}
