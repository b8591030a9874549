package io.roomcast.standalone;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.glassfish.grizzly.Buffer;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.Grizzly;
import org.glassfish.grizzly.attributes.Attribute;
import org.glassfish.grizzly.filterchain.BaseFilter;
import org.glassfish.grizzly.filterchain.FilterChainBuilder;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;
import org.glassfish.grizzly.http.ChunkedTransferEncoding;
import org.glassfish.grizzly.http.HttpBrokenContent;
import org.glassfish.grizzly.http.HttpContent;
import org.glassfish.grizzly.http.HttpHeader;
import org.glassfish.grizzly.http.HttpRequestPacket;
import org.glassfish.grizzly.http.HttpServerFilter;
import org.glassfish.grizzly.http.ParsingResult;
import org.glassfish.grizzly.http.TransferEncoding;
import org.glassfish.grizzly.http.server.AddOn;
import org.glassfish.grizzly.http.server.NetworkListener;
import org.glassfish.grizzly.memory.Buffers;

/**
 * Reads chunked bodies of requests with {@link ChunkedBody}, in place of Grizzly, which accepts lax forms and passes
 * each chunk through all filters. Here all chunks that have arrived pass together. A {@linkplain #isBroken broken} body
 * is never handed on: the {@link GuardAddOn} refuses its request, or, if the request is being processed already, whoever
 * reads the body gets an error, and the connection ends with the response.
 *
 * <p>A connection's requests are read by one thread at a time.
 */
final class ChunkedBodyAddOn extends BaseFilter implements AddOn {
    /** An attribute of requests. Grizzly clears the attributes of a request that it keeps for later. */
    private static final Attribute<ChunkedBody> BODY =
            Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute(ChunkedBody.class.getName());

    /** Whether it is not known where the body of this request ends. */
    static boolean isBroken(HttpRequestPacket request) {
        ChunkedBody body = BODY.get(request);
        return body != null && body.isBroken();
    }

    @Override
    public void setup(NetworkListener listener, FilterChainBuilder chain) {
        int parser = chain.indexOfType(HttpServerFilter.class);
        HttpServerFilter filter = (HttpServerFilter) chain.get(parser);
        for (TransferEncoding encoding : filter.getTransferEncodings()) {
            if (encoding instanceof ChunkedTransferEncoding chunked) {
                filter.removeTransferEncoding(chunked);
                filter.addTransferEncoding(new StrictEncoding(chunked));
            }
        }
        chain.add(parser + 1, this);
    }

    @Override
    public NextAction handleRead(FilterChainContext context) {
        if (context.getMessage() instanceof HttpContent content
                && content.getHttpHeader() instanceof HttpRequestPacket request
                && isBroken(request)) {
            // Nothing more of this connection is parsed, and the response to this request is the last one.
            request.setContentBroken(true);
            request.getProcessingState().setKeepAlive(false);
            context.setMessage(HttpBrokenContent.builder(request)
                    .error(new IOException("the chunks of the body are malformed"))
                    .build());
        }
        return context.getInvokeAction();
    }

    /** @param responses Grizzly's encoding */
    private record StrictEncoding(TransferEncoding responses) implements TransferEncoding {
        @Override
        public boolean wantDecode(HttpHeader header) {
            return responses.wantDecode(header);
        }

        @Override
        public boolean wantEncode(HttpHeader header) {
            return responses.wantEncode(header);
        }

        @Override
        public void prepareSerialize(FilterChainContext context, HttpHeader header, HttpContent content) {
            responses.prepareSerialize(context, header, content);
        }

        @Override
        public Buffer serializePacket(FilterChainContext context, HttpContent content) {
            return responses.serializePacket(context, content);
        }

        @Override
        public ParsingResult parsePacket(FilterChainContext context, HttpHeader header, Buffer buffer) {
            ChunkedBody body = BODY.get(header);
            if (body == null) {
                body = new ChunkedBody();
                BODY.set(header, body);
            }
            // The head waits until something of the body is there.
            boolean hasInput = buffer.hasRemaining();
            boolean wasBroken = body.isBroken();
            int start = buffer.position();
            ByteBuffer input = buffer.toByteBuffer();
            ByteBuffer data = ByteBuffer.allocate(input.remaining());
            int length = input.remaining();
            body.read(input, data);
            int end = start + length - input.remaining();
            data.flip();
            if (body.isBroken()) {
                buffer.tryDispose();
                return wasBroken ? nothing(false) : broken(context, header);
            }
            Buffer rest = end < buffer.limit() ? buffer.split(end) : null;
            buffer.tryDispose();
            if (!body.isDone() && !data.hasRemaining()) {
                return nothing(hasInput);
            }
            HttpContent content = header.httpContentBuilder()
                    .content(Buffers.wrap(context.getMemoryManager(), data))
                    .last(body.isDone())
                    .build();
            return ParsingResult.create(content, rest);
        }

        private static ParsingResult nothing(boolean passesHead) {
            return ParsingResult.create(null, null, passesHead);
        }

        private static ParsingResult broken(FilterChainContext context, HttpHeader header) {
            if (header.isSkipRemainder()) {
                // The response is complete. Nobody reads the rest of the request.
                Connection<?> connection = context.getConnection();
                ConnectionAddOn.afterOutputIsSent(connection, connection::closeSilently);
                return nothing(false);
            }
            // Grizzly passes no empty content on. This byte stands for the broken body until this add-on's filter.
            Buffer sign = Buffers.wrap(context.getMemoryManager(), new byte[1]);
            return ParsingResult.create(
                    header.httpContentBuilder().content(sign).build(), null);
        }
    }
}
