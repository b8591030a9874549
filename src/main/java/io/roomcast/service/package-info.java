/** Serves the frames of clients, and passes the deliveries of the relay to the rooms. */
package io.roomcast.service;
