/** Servlets for plain HTTP that run in every container, and classes that limit what HTTP clients can occupy. */
package io.roomcast.http;
