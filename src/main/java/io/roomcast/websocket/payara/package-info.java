/** WebSocket connections on Payara. They are taken out of HTTP, and then served like those of the embedded server. */
package io.roomcast.websocket.payara;
