/** The server API, for back ends: routes, who may call them, and their answers. */
package io.roomcast.http.api;
