/** WebSocket connections on Payara: taken out of its HTTP, and served as those of the embedded server. */
package io.roomcast.websocket.payara;
