package io.roomcast.standalone;

import org.glassfish.grizzly.filterchain.BaseFilter;
import org.glassfish.grizzly.filterchain.FilterChainBuilder;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.FilterChainEvent;
import org.glassfish.grizzly.filterchain.NextAction;
import org.glassfish.grizzly.http.HttpEvents;
import org.glassfish.grizzly.http.HttpHeader;
import org.glassfish.grizzly.http.server.AddOn;
import org.glassfish.grizzly.http.server.HttpServerFilter;
import org.glassfish.grizzly.http.server.NetworkListener;

/**
 * Ignores the header {@code Upgrade} unless it asks for WebSocket, as RFC 9110, section 7.8 allows. Java's {@code
 * HttpClient} offers HTTP/2 with its first request. Grizzly would parse the body as HTTP/2 and never find its end.
 */
final class IgnoreOtherUpgradesAddOn extends BaseFilter implements AddOn {

    @Override
    public void setup(NetworkListener listener, FilterChainBuilder chain) {
        chain.add(chain.indexOfType(HttpServerFilter.class), this);
    }

    /** Called when the head of a request was read, before its body is processed. */
    @Override
    public NextAction handleEvent(FilterChainContext context, FilterChainEvent event) {
        if (event instanceof HttpEvents.IncomingHttpUpgradeEvent offer) {
            HttpHeader head = offer.getHttpHeader();
            if (!"websocket".equalsIgnoreCase(head.getUpgrade())) {
                head.getUpgradeDC().recycle();
                head.setIgnoreContentModifiers(false);
                return context.getStopAction();
            }
        }
        return context.getInvokeAction();
    }
}
