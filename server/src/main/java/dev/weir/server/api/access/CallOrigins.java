package dev.weir.server.api.access;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.weir.p4.run.Origin;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Who makes a call, as entries of tables remember it. Stateless. */
public final class CallOrigins {
    private static final Pattern PID = Pattern.compile("unix:pid ([0-9]{1,10})"),
            PROGRAM = Pattern.compile("([A-Za-z0-9._-]{1,64}).*");

    private CallOrigins() {}

    /**
     * Of the call that this thread is in: the program is what the caller says of itself, else who it is; the process is that of the other end of a Unix socket.
     */
    public static Origin current() {
        ServiceRequestContext context = ServiceRequestContext.currentOrNull();
        if (context == null) return Origin.control("", 0);
        Caller caller = Caller.of(context);
        String agent = context.request().headers().get(HttpHeaderNames.USER_AGENT, "");
        Matcher program = PROGRAM.matcher(agent), pid = PID.matcher(caller.from());
        return Origin.control(
                program.matches() ? program.group(1) : caller.name(), pid.matches() ? Long.parseLong(pid.group(1)) : 0);
    }
}
