package io.roomcast.service.admission;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Heads of requests for {@code /ws} and other places. */
public final class RequestHeads {
    private RequestHeads() {}

    public static RequestHead get(String path, Map<String, List<String>> headers) {
        return of("GET", "HTTP/1.1", path, headers);
    }

    /** @param address a path, with a query or without */
    public static RequestHead of(String method, String protocol, String address, Map<String, List<String>> headers) {
        int query = address.indexOf('?');
        String path = query < 0 ? address : address.substring(0, query);
        Map<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        all.putAll(headers);
        return RequestHead.of(
                method,
                protocol,
                path,
                query < 0 ? null : address.substring(query + 1),
                RequestPath.isPlain(path) ? RequestPath.decoded(path) : "",
                all.keySet(),
                name -> all.getOrDefault(name, List.of()));
    }
}
