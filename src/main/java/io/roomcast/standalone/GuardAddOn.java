package io.roomcast.standalone;

import io.roomcast.http.GrizzlyHeads;
import io.roomcast.http.PageAccess;
import io.roomcast.http.SecurityHeaders;
import io.roomcast.service.admission.ClientOrigin;
import io.roomcast.service.admission.Entry;
import io.roomcast.service.admission.RequestGuard;
import io.roomcast.service.admission.RequestHead;
import io.roomcast.service.admission.RequestPath;
import io.roomcast.service.admission.Verdict;
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
 * Passes every request of the embedded server to the {@link RequestGuard}, before WebSockets, files and servlets get
 * the request. Sets the security headers of every response, but of those that open a WebSocket: they are no documents.
 */
final class GuardAddOn extends BaseFilter implements AddOn {
    /** Marks the head of a request that was checked. Parts of its body arrive with the same head. */
    private static final String CHECKED = GuardAddOn.class.getName();

    private final RequestGuard guard;
    private final ErrorResponder responder;
    private final Entry entry;

    GuardAddOn(RequestGuard guard, ErrorResponder responder, Entry entry) {
        this.guard = guard;
        this.responder = responder;
        this.entry = entry;
    }

    @Override
    public void setup(NetworkListener listener, FilterChainBuilder chain) {
        int parser = chain.indexOfType(org.glassfish.grizzly.http.HttpServerFilter.class);
        ((org.glassfish.grizzly.http.HttpServerFilter) chain.get(parser))
                .getMonitoringConfig()
                .addProbes(new GrizzlyHeads());
        chain.add(chain.indexOfType(HttpServerFilter.class), this);
    }

    @Override
    public NextAction handleRead(FilterChainContext context) {
        HttpContent content = context.getMessage();
        if (!(content.getHttpHeader() instanceof HttpRequestPacket request) || request.getAttribute(CHECKED) != null) {
            return context.getInvokeAction();
        }
        request.setAttribute(CHECKED, CHECKED);
        List<String> names = new ArrayList<>();
        request.getHeaders().names().forEach(names::add);
        RequestHead head = head(request, names);
        PageAccess.set(head, guard, request.getResponse()::setHeader);
        setOrigin(request, head, names);
        Verdict verdict = verdict(request, head);
        if (!verdict.isPass() || !head.isHandshake()) {
            SecurityHeaders.set(head.resource(), request.getResponse()::setHeader);
        }
        return verdict.isPass() ? context.getInvokeAction() : responder.reject(context, request, verdict);
    }

    private Verdict verdict(HttpRequestPacket request, RequestHead head) {
        if (GrizzlyHeads.isBroken(request)) {
            return Verdict.BAD_HEAD;
        }
        Verdict verdict = guard.check(head, request.getRemoteAddress(), entry);
        return verdict.isPass() && ChunkedBodyAddOn.isBroken(request) ? Verdict.BAD_CHUNKS : verdict;
    }

    private static RequestHead head(HttpRequestPacket request, List<String> names) {
        String path = request.getRequestURI();
        return RequestHead.of(
                request.getMethod().getMethodString(),
                request.getProtocolString(),
                path,
                // Each byte becomes one character. Bytes that no URI may contain are then refused in any encoding.
                request.getQueryStringDC().toString(StandardCharsets.ISO_8859_1),
                RequestPath.isPlain(path) ? RequestPath.decoded(path) : "",
                names,
                name -> values(request, name));
    }

    private static List<String> values(HttpRequestPacket request, String name) {
        List<String> values = new ArrayList<>();
        request.getHeaders().values(name).forEach(values::add);
        return values;
    }

    /** Sets the header with the origin. Removes a header of that name that the client sent. */
    private static void setOrigin(HttpRequestPacket request, RequestHead head, List<String> names) {
        request.getHeaders().removeHeader(ClientOrigin.HEADER);
        if (head.isHandshake() || head.isForRooms()) {
            ClientOrigin origin = ClientOrigin.of(request.getLocalAddress(), request.getRemoteAddress(), head, names);
            request.setHeader(ClientOrigin.HEADER, origin.toHeader());
        }
    }
}
