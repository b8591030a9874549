package io.roomcast.standalone;

import io.roomcast.http.SecurityHeaders;
import io.roomcast.service.Arrival;
import io.roomcast.service.Guard;
import io.roomcast.service.RequestHead;
import io.roomcast.service.RequestPath;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.glassfish.grizzly.filterchain.BaseFilter;
import org.glassfish.grizzly.filterchain.FilterChainBuilder;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;
import org.glassfish.grizzly.http.HttpContent;
import org.glassfish.grizzly.http.HttpRequestPacket;
import org.glassfish.grizzly.http.server.AddOn;
import org.glassfish.grizzly.http.server.HttpServerFilter;
import org.glassfish.grizzly.http.server.NetworkListener;

/**
 * Has the guard look at every request of the embedded server, before WebSockets, files and servlets see it, and puts the security headers
 * on every answer.
 */
final class GuardAddOn extends BaseFilter implements AddOn {
    /** Marks a request whose head was looked at: its body, and all WebSocket frames, come with the same head again. */
    private static final String SEEN = GuardAddOn.class.getName();

    private final Guard guard;
    private final Refusal refusal;

    GuardAddOn(Guard guard, Refusal refusal) {
        this.guard = guard;
        this.refusal = refusal;
    }

    @Override
    public void setup(NetworkListener listener, FilterChainBuilder chain) {
        chain.add(chain.indexOfType(HttpServerFilter.class), this);
    }

    @Override
    public NextAction handleRead(FilterChainContext context) {
        HttpContent content = context.getMessage();
        if (!(content.getHttpHeader() instanceof HttpRequestPacket request) || request.getAttribute(SEEN) != null) {
            return context.getInvokeAction();
        }
        request.setAttribute(SEEN, SEEN);
        SecurityHeaders.ALL.forEach(request.getResponse()::setHeader);
        List<String> names = new ArrayList<>();
        request.getHeaders().names().forEach(names::add);
        RequestHead head = head(request, names);
        tellArrival(request, head, names);
        Guard.Verdict verdict = guard.verdict(head);
        return verdict == Guard.Verdict.PASS
                ? context.getInvokeAction()
                : refusal.of(context, request, verdict.status(), verdict.text());
    }

    private static RequestHead head(HttpRequestPacket request, List<String> names) {
        String path = request.getRequestURI();
        return RequestHead.of(
                request.getMethod().getMethodString(),
                request.getProtocolString(),
                path,
                // Byte by byte: what is no URI's is refused, whatever it would mean.
                request.getQueryStringDC().toString(StandardCharsets.ISO_8859_1),
                RequestPath.isPlain(path) && RequestPath.isEndpoint(RequestPath.decoded(path)),
                names,
                name -> values(request, name));
    }

    private static List<String> values(HttpRequestPacket request, String name) {
        List<String> values = new ArrayList<>();
        request.getHeaders().values(name).forEach(values::add);
        return values;
    }

    /** Whatever came under the header's name is gone. */
    private static void tellArrival(HttpRequestPacket request, RequestHead head, List<String> names) {
        request.getHeaders().removeHeader(Arrival.HEADER);
        if (head.isHandshake()) {
            Arrival arrival = Arrival.of(request.getLocalAddress(), request.getRemoteAddress(), head, names);
            request.setHeader(Arrival.HEADER, arrival.sealed());
        }
    }
}
