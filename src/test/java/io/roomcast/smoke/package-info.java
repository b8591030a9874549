/** The WAR as it was packed on every server that docs/servers.md names, one after the other. */
package io.roomcast.smoke;
