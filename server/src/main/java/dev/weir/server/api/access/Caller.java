package dev.weir.server.api.access;

import com.linecorp.armeria.server.ServiceRequestContext;
import dev.weir.api.v1.Role;
import io.netty.util.AttributeKey;

/**
 * Who makes a call; immutable.
 *
 * @param name a token's or certificate's, the user of a local process; of nobody known, empty
 * @param role the most that the caller may do
 * @param from where the call comes from: an address and port, or the process on the other end of the Unix socket
 */
record Caller(String name, Role role, String from) {
    private static final AttributeKey<Caller> KEY = AttributeKey.valueOf(Caller.class, "CALLER");

    static Caller unknown(String from) {
        return new Caller("", Role.ROLE_UNSPECIFIED, from);
    }

    /** Whether the caller has shown who it is. */
    boolean isKnown() {
        return !name.isEmpty();
    }

    /** Whether what needs that role is the caller's to do. */
    boolean may(Role needed) {
        return needed.getNumber() <= role.getNumber();
    }

    /** What limits and records go by: the name, of nobody known the host. */
    String account() {
        return isKnown() ? name : from.substring(0, Math.max(0, from.lastIndexOf(':')));
    }

    void attachTo(ServiceRequestContext context) {
        context.setAttr(KEY, this);
    }

    /** Who makes the call that is being handled; nobody known where no listener has said. */
    static Caller of(ServiceRequestContext context) {
        Caller caller = context.attr(KEY);
        return caller == null ? unknown("") : caller;
    }
}
