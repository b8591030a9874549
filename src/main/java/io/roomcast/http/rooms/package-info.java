/** Rooms over plain HTTP: polls that wait for messages, sends, and streams of events. */
package io.roomcast.http.rooms;
