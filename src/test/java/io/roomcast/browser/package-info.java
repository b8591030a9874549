/** The chat UI and the client library in a real Chromium. */
package io.roomcast.browser;
