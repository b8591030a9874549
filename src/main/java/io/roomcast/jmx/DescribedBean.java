package io.roomcast.jmx;

import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.Set;
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
 * An MXBean that takes its descriptions from the annotations {@link Description} of its interface. No two operations of
 * an interface may have the same name.
 *
 * <p>Threads of the JVM or of the server make the calls, with a context class loader that is not that of the
 * application. So each call sets the class loader of the application. CDI on Payara needs this class loader to find its
 * provider, and JSON needs the class loader on every server.
 */
final class DescribedBean extends StandardMBean {
    /** Operations that change nothing. */
    private static final Set<String> LOOKING =
            Set.of("look", "nodes", "rooms", "sessions", "session", "where", "limits", "refusals");

    private final ClassLoader applicationClassLoader = Thread.currentThread().getContextClassLoader();

    /** Must be called by a thread whose context class loader is that of the application. */
    <T> DescribedBean(T bean, Class<T> mxBeanInterface) {
        super(bean, mxBeanInterface, true);
    }

    @Override
    public Object getAttribute(String name) throws AttributeNotFoundException, MBeanException, ReflectionException {
        ClassLoader previous = useApplicationClassLoader();
        try {
            return super.getAttribute(name);
        } finally {
            setContextClassLoader(previous);
        }
    }

    @Override
    public AttributeList getAttributes(String[] names) {
        ClassLoader previous = useApplicationClassLoader();
        try {
            return super.getAttributes(names);
        } finally {
            setContextClassLoader(previous);
        }
    }

    @Override
    public Object invoke(String name, Object[] arguments, String[] types) throws MBeanException, ReflectionException {
        ClassLoader previous = useApplicationClassLoader();
        try {
            return super.invoke(name, arguments, types);
        } finally {
            setContextClassLoader(previous);
        }
    }

    /** @return the previous context class loader, which the caller must set again */
    private ClassLoader useApplicationClassLoader() {
        ClassLoader previous = Thread.currentThread().getContextClassLoader();
        setContextClassLoader(applicationClassLoader);
        return previous;
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
        return text(methodNamed((attribute.isIs() ? "is" : "get") + attribute.getName())
                .getAnnotation(Description.class));
    }

    @Override
    protected String getDescription(MBeanOperationInfo operation) {
        return text(methodNamed(operation.getName()).getAnnotation(Description.class));
    }

    @Override
    protected String getDescription(MBeanOperationInfo operation, MBeanParameterInfo unused, int sequence) {
        return text(parameter(operation, sequence).getAnnotation(Description.class));
    }

    @Override
    protected String getParameterName(MBeanOperationInfo operation, MBeanParameterInfo unused, int sequence) {
        return parameter(operation, sequence).getName();
    }

    /** {@code ACTION} for all operations except those that only look, since all others change the state of a node. */
    @Override
    protected int getImpact(MBeanOperationInfo operation) {
        return LOOKING.contains(operation.getName()) ? MBeanOperationInfo.INFO : MBeanOperationInfo.ACTION;
    }

    private Parameter parameter(MBeanOperationInfo operation, int sequence) {
        return methodNamed(operation.getName()).getParameters()[sequence];
    }

    private Method methodNamed(String name) {
        return Arrays.stream(getMBeanInterface().getMethods())
                .filter(method -> method.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static String text(Description description) {
        return description == null ? null : description.value();
    }
}
