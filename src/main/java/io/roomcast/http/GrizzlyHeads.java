package io.roomcast.http;

import java.util.UUID;
import org.glassfish.grizzly.Buffer;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.Grizzly;
import org.glassfish.grizzly.attributes.Attribute;
import org.glassfish.grizzly.http.HttpProbe;
import org.glassfish.grizzly.http.HttpRequestPacket;
import org.glassfish.grizzly.http.HttpServerFilter;

/**
 * Checks the head of each request on a listener of Grizzly, before Grizzly parses it. A request with a {@linkplain
 * #isBroken broken} head must be refused. This class cannot be linked on servers without Grizzly. Called by the thread
 * that reads.
 */
@SuppressWarnings("rawtypes") // Grizzly's signatures
public class GrizzlyHeads extends HttpProbe.Adapter {
    /** An attribute of connections, set by Grizzly: the request that Grizzly is reading. */
    private static final Attribute<HttpRequestPacket> CURRENT_REQUEST =
            Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute(HttpServerFilter.HTTP_SERVER_REQUEST_ATTR_NAME);

    /**
     * An attribute of requests: the check of the head. The attribute goes with the request. Its type is a class of ours,
     * but Grizzly clears the attributes of a request that it keeps for later. Grizzly has one attribute for each name,
     * and another application with Roomcast on the same listener has classes of its own, so the name is unique.
     */
    private static final Attribute<HeadSyntax> SYNTAX =
            Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute("roomcast.head-syntax." + UUID.randomUUID());

    /** Stands for a blank in an address. The address is then refused. */
    private static final byte NOT_IN_A_URI = '|';

    /** Whether the head of this request is not as RFC 9112 has it. */
    public static boolean isBroken(HttpRequestPacket request) {
        HeadSyntax syntax = SYNTAX.get(request);
        return syntax != null && syntax.isBroken();
    }

    /** How many bytes behind the head have arrived with it, or 0 if unknown. To be called when the head is parsed. */
    static long bytesBehind(HttpRequestPacket request, int headBytes) {
        HeadSyntax syntax = SYNTAX.get(request);
        return syntax == null ? 0 : syntax.arrived() - headBytes;
    }

    @Override
    public void onDataReceivedEvent(Connection connection, Buffer data) {
        HttpRequestPacket request = CURRENT_REQUEST.get(connection);
        if (request == null) {
            return;
        }
        HeadSyntax syntax = SYNTAX.get(request);
        if (syntax == null) {
            syntax = new HeadSyntax();
            SYNTAX.set(request, syntax);
        }
        // Grizzly passes what it has not parsed once more, with what is new behind it.
        int start = data.position();
        syntax.setArrived(data.remaining());
        for (long i = start + syntax.count(); i < data.limit() && !syntax.isDone(); i++) {
            byte sent = data.get((int) i);
            byte read = syntax.next(sent);
            if (read != sent) {
                data.put((int) i, read);
            }
            long blank = syntax.takeStrayBlank();
            if (blank >= 0) {
                data.put((int) (start + blank), NOT_IN_A_URI);
            }
        }
    }
}
