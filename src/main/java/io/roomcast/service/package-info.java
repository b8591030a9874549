/**
 * Serves the frames of clients, and passes the deliveries of the relay to the rooms. Plain Java with CDI annotations.
 */
package io.roomcast.service;
