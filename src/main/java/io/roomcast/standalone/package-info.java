/**
 * The embedded server: Tyrus on Grizzly with Weld SE, in one process and with nothing else installed. Not part of the
 * application on an application server.
 */
package io.roomcast.standalone;
