package dev.weir.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * Signals of this process, handed to whoever wants them. The JDK has no other way to hear SIGHUP and SIGUSR1, or a second SIGTERM,
 * than {@code sun.misc.Signal} of its module {@code jdk.unsupported}; it is called by reflection, since the compiler warns of every
 * mention, and a JDK without it leaves the signals what they are.
 */
public final class Signals {
    private Signals() {}

    /**
     * From now on calls {@code action}, in a thread of its own, when the signal comes.
     *
     * @param name without {@code SIG}
     * @return false where the JVM or the one who started the process keeps it
     */
    @SuppressWarnings("ReferenceEquality") // a proxy equals itself alone
    public static boolean handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler calls = (proxy, method, args) -> switch (method.getName()) {
                case "handle" -> {
                    action.run();
                    yield null;
                }
                case "equals" -> args != null && proxy == args[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> "handler of SIG" + name;
            };
            Object proxy = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, calls);
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
