/** The {@code roomcast.*} keys: help texts, defaults and parsers. Other packages read the configured texts. */
package io.roomcast.config;
