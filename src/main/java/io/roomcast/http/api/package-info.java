/** The server API, for back ends: its routes, its access control, and its responses. */
package io.roomcast.http.api;
