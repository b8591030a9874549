/** What the application does with a client's frames, and with what the relay brings. CDI annotations, and otherwise plain Java. */
package io.roomcast.service;
