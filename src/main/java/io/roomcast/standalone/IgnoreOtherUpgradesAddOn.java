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
 * Forgets that a client offers to go on with another protocol than WebSocket, as RFC 9110, 7.8 lets a server do. Java's {@code HttpClient}
 * offers HTTP/2 with every request. Grizzly would take what follows the head for the other protocol, and never find the end of
 * the request's body.
 */
final class IgnoreOtherUpgradesAddOn extends BaseFilter implements AddOn {

    @Override
    public void setup(NetworkListener listener, FilterChainBuilder chain) {
        chain.add(chain.indexOfType(HttpServerFilter.class), this);
    }

    /** Called when the head of a request is read, before anything is made of its body. */
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
