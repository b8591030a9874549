/**
 * The WebSocket endpoints for clients. {@code ServerIntegration} connects them with an application server,
 * {@code EmbeddedWebSockets} with the embedded server.
 */
package io.roomcast.websocket;
