package dev.weir.wire.linux;

import dev.weir.wire.PortException;
import java.util.ArrayList;
import java.util.List;

/**
 * What an {@link XdpPort} has of its interface from when that is there until it goes: the program on it, and an endpoint a
 * worker. Control thread only.
 */
final class XdpSession {
    private final int interfaceIndex;
    private final XdpLayout layout;
    private final XdpAttachment program;
    private final List<Endpoint> endpoints = new ArrayList<>();
    private final int sockets;

    private XdpSession(int interfaceIndex, XdpLayout layout, XdpAttachment program, int sockets) {
        this.interfaceIndex = interfaceIndex;
        this.layout = layout;
        this.program = program;
        this.sockets = sockets;
    }

    /** Opens all; when one thing fails nothing stays open. The queues are those of the port, for their counters. */
    static XdpSession open(String name, Device device, XdpOptions options, List<XdpQueue> queues) throws PortException {
        int index = device.index();
        if (index < 0) throw EbpfFaults.noInterface(name);
        if (device.hardwareType() != Device.ETHER && device.hardwareType() != Device.LOOPBACK) {
            throw XdpFaults.notEthernet(name);
        }
        Ethtool.Channels channels = Ethtool.channels(name);
        if (channels.receive() > options.queues()) {
            throw XdpFaults.tooManyQueues(name, channels.receive(), options.queues());
        }
        XdpLayout layout = XdpLayout.of(options.frames(), device.mtu());
        int sockets = Math.min(channels.queues(), options.queues());
        XdpAttachment program = XdpAttachment.of(name, index, sockets, layout.parts(), options.mode());
        XdpSession session = new XdpSession(index, layout, program, sockets);
        boolean done = false;
        try {
            session.openEndpoints(name, options, queues);
            done = true;
            return session;
        } finally {
            if (!done) session.closeAll();
        }
    }

    private void openEndpoints(String name, XdpOptions options, List<XdpQueue> queues) throws PortException {
        for (int i = 0; i < options.queues(); i++) {
            XdpSocket.Place place = new XdpSocket.Place(name, interfaceIndex, i, layout);
            if (i >= sockets) {
                endpoints.add(new SendOnlyEndpoint(place, options, queues.get(i).counters()));
                continue;
            }
            XdpEndpoint endpoint = new XdpEndpoint(place, options, queues.get(i).counters());
            endpoints.add(endpoint);
            int failure = program.put(i, endpoint.descriptor());
            if (failure < 0) throw EbpfFaults.map(name, EbpfUse.PORT, failure);
        }
    }

    private void closeAll() {
        detach();
        for (Endpoint endpoint : endpoints) endpoint.close();
    }

    /** Takes the program off; no packet comes any more, and the endpoints are the caller's to close. */
    void detach() {
        program.close();
    }

    Endpoint endpoint(int i) {
        return endpoints.get(i);
    }

    int interfaceIndex() {
        return interfaceIndex;
    }

    XdpLayout layout() {
        return layout;
    }

    /** Packets so far that were longer than a chunk, or than what one worker can put together. */
    long tooLong() {
        long all = 0;
        for (Endpoint endpoint : endpoints) {
            if (endpoint instanceof XdpEndpoint xdp) all += xdp.tooLong();
        }
        return all;
    }

    /** How packets come and go, a clause for a person. */
    String describe() {
        boolean zeroCopy = endpoints.getFirst() instanceof XdpEndpoint first && first.isZeroCopy();
        String sendOnly = endpoints.size() == sockets ? "" : ", " + (endpoints.size() - sockets) + " only to send";
        return (program.isGeneric ? "generic" : "native") + " XDP, " + (zeroCopy ? "zero-copy" : "copied") + ", "
                + endpoints.size() + (endpoints.size() == 1 ? " queue" : " queues") + sendOnly;
    }
}
