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

    public static RequestHead of(String method, String protocol, String path, Map<String, List<String>> headers) {
        Map<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        all.putAll(headers);
        return RequestHead.of(
                method,
                protocol,
                path,
                RequestPath.isPlain(path) && RequestPath.isEndpoint(RequestPath.decoded(path)),
                all.keySet(),
                name -> all.getOrDefault(name, List.of()));
    }
}
