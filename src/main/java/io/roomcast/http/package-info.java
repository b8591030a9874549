/** What is served over plain HTTP, as servlets that run in every container. */
package io.roomcast.http;
