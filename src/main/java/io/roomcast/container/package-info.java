/**
 * Roomcast inside a Jakarta EE application server: its filters, the sources of its configuration and threads, and its
 * start and stop.
 */
package io.roomcast.container;
