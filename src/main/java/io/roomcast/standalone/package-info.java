/**
 * The embedded server: Tyrus on Grizzly with Weld SE, in one process, with nothing else installed. On an application
 * server, this package is not part of the application.
 */
package io.roomcast.standalone;
