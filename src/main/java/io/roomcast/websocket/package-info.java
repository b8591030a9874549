/**
 * The WebSocket endpoints for clients, and the entrances for those who start a server: {@code ServerIntegration} and
 * {@code EmbeddedWebSockets}.
 */
package io.roomcast.websocket;
