package io.roomcast.jmx;

import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanException;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.ReflectionException;
import javax.management.StandardMBean;

/**
 * An MXBean with the descriptions that its interface has as {@link Description}. No two operations of an interface may
 * have the same name.
 *
 * <p>Threads of the JVM or of the server make the calls. Their context class loader is not that of the application. So
 * each call sets the class loader of the application. CDI on Payara needs it to find its provider, and JSON needs it on
 * every server.
 */
final class DescribedBean extends StandardMBean {
    private final ClassLoader application = Thread.currentThread().getContextClassLoader();

    /** To be called by a thread whose context class loader is that of the application. */
    <T> DescribedBean(T bean, Class<T> face) {
        super(bean, face, true);
    }

    @Override
    public Object getAttribute(String name) throws AttributeNotFoundException, MBeanException, ReflectionException {
        ClassLoader before = useApplicationClassLoader();
        try {
            return super.getAttribute(name);
        } finally {
            setContextClassLoader(before);
        }
    }

    @Override
    public AttributeList getAttributes(String[] names) {
        ClassLoader before = useApplicationClassLoader();
        try {
            return super.getAttributes(names);
        } finally {
            setContextClassLoader(before);
        }
    }

    @Override
    public Object invoke(String name, Object[] arguments, String[] types) throws MBeanException, ReflectionException {
        ClassLoader before = useApplicationClassLoader();
        try {
            return super.invoke(name, arguments, types);
        } finally {
            setContextClassLoader(before);
        }
    }

    /** @return the earlier context class loader, for {@link #setContextClassLoader} */
    private ClassLoader useApplicationClassLoader() {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        setContextClassLoader(application);
        return before;
    }

    private static void setContextClassLoader(ClassLoader loader) {
        Thread.currentThread().setContextClassLoader(loader);
    }

    @Override
    protected String getDescription(MBeanInfo info) {
        return text(getMBeanInterface().getAnnotation(Description.class));
    }

    @Override
    protected String getDescription(MBeanAttributeInfo attribute) {
        return text(
                method((attribute.isIs() ? "is" : "get") + attribute.getName()).getAnnotation(Description.class));
    }

    @Override
    protected String getDescription(MBeanOperationInfo operation) {
        return text(method(operation.getName()).getAnnotation(Description.class));
    }

    @Override
    protected String getDescription(MBeanOperationInfo operation, MBeanParameterInfo unused, int sequence) {
        return text(parameter(operation, sequence).getAnnotation(Description.class));
    }

    @Override
    protected String getParameterName(MBeanOperationInfo operation, MBeanParameterInfo unused, int sequence) {
        return parameter(operation, sequence).getName();
    }

    /** All operations except {@code look} change something. */
    @Override
    protected int getImpact(MBeanOperationInfo operation) {
        return operation.getName().equals("look") ? MBeanOperationInfo.INFO : MBeanOperationInfo.ACTION;
    }

    private Parameter parameter(MBeanOperationInfo operation, int sequence) {
        return method(operation.getName()).getParameters()[sequence];
    }

    private Method method(String name) {
        return Arrays.stream(getMBeanInterface().getMethods())
                .filter(method -> method.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static String text(Description description) {
        return description == null ? null : description.value();
    }
}
