/** What members are told of who comes and goes. */
package io.roomcast.service.presence;
