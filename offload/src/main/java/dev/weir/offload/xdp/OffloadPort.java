package dev.weir.offload.xdp;

import dev.weir.wire.PortException;
import dev.weir.wire.linux.EbpfAssembler;
import dev.weir.wire.linux.EbpfUse;
import dev.weir.wire.linux.XdpFeatures;
import dev.weir.wire.linux.XdpLink;
import dev.weir.wire.linux.XdpOptions.Mode;
import dev.weir.wire.linux.XdpProgram;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An interface with the program on it, and as a place to send packets to. One thread at a time, the control thread. */
final class OffloadPort implements AutoCloseable {
    private static final int ETHERNET = 14, TAG = 4;
    private static final String TAKES_NONE =
            "frames that a driver redirects to it are lost; 'ethtool -K PEER gro on' at its"
                    + " veth peer, or take the generic mode";

    private final String name;
    private final int index;
    private final FlowProgram.Place place;
    private final Mode mode;
    private final XdpProgram program;
    private @Nullable XdpLink link;
    private int mtu;
    private int interfaceIndex;
    private boolean sends = true;
    private String lastFault = "";

    private OffloadPort(String name, int index, FlowProgram.Place place, Mode mode, XdpProgram program) {
        this.name = name;
        this.index = index;
        this.place = place;
        this.mode = mode;
        this.program = program;
    }

    /**
     * The mode for all ports together: frames that a driver redirects are lost at a port whose own driver does not take
     * them, and nobody is told, so that such a port asks for the generic mode.
     *
     * @throws PortException when there is such a port and no choice
     */
    static Mode modeThatSends(List<String> ports, Mode wanted) throws PortException {
        if (wanted == Mode.GENERIC) return wanted;
        for (String port : ports) {
            if (XdpFeatures.takesRedirectedFrames(port)) continue;
            if (wanted == Mode.AUTO) return Mode.GENERIC;
            throw new PortException(port, TAKES_NONE);
        }
        return wanted;
    }

    static OffloadPort open(String name, int index, EbpfUse use, FlowProgram.Place place, Mode mode)
            throws PortException {
        EbpfAssembler code = FlowProgram.of(place);
        XdpProgram program = XdpProgram.load(name, use, "weir_offload", code, true);
        OffloadPort port = new OffloadPort(name, index, place, mode, program);
        boolean done = false;
        try {
            port.attach();
            done = true;
            return port;
        } finally {
            if (!done) port.close();
        }
    }

    private void attach() throws PortException {
        XdpLink made = program.attach(name, mode);
        link = made;
        mtu = made.mtu();
        interfaceIndex = made.interfaceIndex();
        int status = place.maps().devices().put(index, made.interfaceIndex());
        if (status < 0) {
            throw new PortException(
                    name, "packets cannot be sent there, errno " + -status + "; leave flows in software");
        }
    }

    /** The longest frame that the kernel takes for it: with a tag more than its MTU speaks of, but for tunnels. */
    int longestFrame(boolean tunnelled) {
        return mtu + ETHERNET + (tunnelled ? 0 : TAG);
    }

    int mtu() {
        return mtu;
    }

    /** Of the interface that it was attached to last. */
    int interfaceIndex() {
        return interfaceIndex;
    }

    /** @return what is new, or nothing */
    String maintain() {
        XdpLink now = link;
        if (now == null) return again();
        if (!now.isThere()) {
            now.close();
            link = null;
            return name + ": is gone; its flows wait for it to come back";
        }
        mtu = now.mtu();
        boolean before = sends;
        sends = now.isGeneric() || XdpFeatures.takesRedirectedFrames(name);
        return before && !sends ? name + ": " + TAKES_NONE : "";
    }

    private String again() {
        try {
            attach();
            lastFault = "";
            return describe() + ": is back";
        } catch (PortException e) {
            String fault = String.valueOf(e.getMessage());
            boolean told = fault.equals(lastFault) || fault.contains("no such interface");
            lastFault = fault;
            return told ? "" : fault;
        }
    }

    String describe() {
        return name + ' ' + place();
    }

    /** Where its program runs. */
    String place() {
        XdpLink now = link;
        if (now == null) return "gone";
        return now.isGeneric() ? "generic XDP" : "native XDP";
    }

    String name() {
        return name;
    }

    @Override
    public void close() {
        XdpLink now = link;
        if (now != null) now.close();
        program.close();
    }
}
