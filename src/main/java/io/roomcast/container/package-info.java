/** Roomcast inside a Jakarta EE application server: where its configuration and its threads come from, and when it starts and ends. */
package io.roomcast.container;
