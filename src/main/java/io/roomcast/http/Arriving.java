package io.roomcast.http;

import io.roomcast.service.Arrival;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A handshake with the header that tells the endpoint how it arrived, whatever the client sent under that name. */
final class Arriving extends HttpServletRequestWrapper {
    private final String arrival;

    Arriving(HttpServletRequest request) {
        super(request);
        arrival = Arrival.header(request.getLocalAddr(), request.getRemoteAddr());
    }

    @Override
    public String getHeader(String name) {
        return Arrival.HEADER.equalsIgnoreCase(name) ? arrival : super.getHeader(name);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
        return Arrival.HEADER.equalsIgnoreCase(name)
                ? Collections.enumeration(List.of(arrival))
                : super.getHeaders(name);
    }

    @Override
    public Enumeration<String> getHeaderNames() {
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        names.addAll(Collections.list(super.getHeaderNames()));
        names.add(Arrival.HEADER);
        return Collections.enumeration(names);
    }
}
