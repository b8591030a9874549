/**
 * Roomcast inside a Jakarta EE application server: its filters, where its configuration and threads come from, and when
 * it starts and ends.
 */
package io.roomcast.container;
