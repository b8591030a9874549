package io.roomcast.standalone;

import jakarta.enterprise.inject.spi.CDI;
import jakarta.enterprise.inject.spi.Unmanaged;
import org.glassfish.tyrus.core.ComponentProvider;

/**
 * Has CDI make endpoints, encoders and decoders, as application servers do. Tyrus finds no CDI by itself outside of one. They hold nothing
 * that would have to be destroyed.
 */
public final class CdiComponentProvider extends ComponentProvider {

    @Override
    public boolean isApplicable(Class<?> type) {
        return type.getName().startsWith("io.roomcast.");
    }

    @Override
    public <T> Object create(Class<T> type) {
        return new Unmanaged<>(CDI.current().getBeanManager(), type)
                .newInstance()
                .produce()
                .inject()
                .postConstruct()
                .get();
    }

    @Override
    public boolean destroy(Object component) {
        return false;
    }
}
