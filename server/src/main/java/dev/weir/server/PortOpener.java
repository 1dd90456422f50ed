package dev.weir.server;

import dev.weir.server.config.Configuration;
import dev.weir.server.config.PortSettings;
import dev.weir.wire.FileClock;
import dev.weir.wire.FilePort;
import dev.weir.wire.Port;
import dev.weir.wire.PortException;
import dev.weir.wire.linux.Capabilities;
import dev.weir.wire.linux.Capability;
import dev.weir.wire.linux.PacketPort;
import dev.weir.wire.linux.PacketPortOptions;
import dev.weir.wire.linux.TapPort;
import dev.weir.wire.linux.TapPortOptions;
import dev.weir.wire.linux.XdpOptions;
import dev.weir.wire.linux.XdpPort;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Makes the ports of a configuration. One control thread. */
final class PortOpener {
    private final FileClock fileClock = new FileClock();

    /** What the ports need the right to. */
    static Set<Capability> needs(Configuration configuration) {
        EnumSet<Capability> all = EnumSet.noneOf(Capability.class);
        configuration.ports().values().forEach(settings -> all.addAll(needs(settings)));
        return all;
    }

    private static Set<Capability> needs(PortSettings settings) {
        return switch (settings) {
            case PortSettings.Packet _ -> Capabilities.PACKET;
            case PortSettings.Xdp _ -> Capabilities.XDP;
            case PortSettings.Tap _ -> Capabilities.TAP;
            case PortSettings.Files _ -> Set.of();
        };
    }

    /** Opens those ports that are wanted, or none: then the exception says which could not be opened. */
    List<Port> open(Configuration configuration, Predicate<String> wanted) throws PortException {
        List<Port> opened = new ArrayList<>();
        try {
            for (Map.Entry<String, PortSettings> port : configuration.ports().entrySet()) {
                if (wanted.test(port.getKey())) {
                    Capabilities.require("ports." + port.getKey(), needs(port.getValue()));
                    opened.add(open(
                            port.getKey(),
                            port.getValue(),
                            configuration.graph().workers()));
                }
            }
            return opened;
        } catch (PortException | RuntimeException | Error e) {
            opened.forEach(Port::close);
            throw e;
        }
    }

    private Port open(String name, PortSettings settings, int workers) throws PortException {
        return switch (settings) {
            case PortSettings.Packet p ->
                new NamedPort(
                        name,
                        PacketPort.open(
                                p.device(),
                                PacketPortOptions.defaults()
                                        .withQueues(workers)
                                        .withFrames(p.frames())
                                        .withSegments(p.segments())
                                        .withBypassQdisc(p.bypassQdisc())
                                        .withListening(p.listens())));
            case PortSettings.Xdp x ->
                new NamedPort(
                        name,
                        XdpPort.open(
                                x.device(),
                                XdpOptions.defaults()
                                        .withQueues(workers)
                                        .withFrames(x.frames())
                                        .withMode(x.mode())
                                        .withZeroCopy(x.zeroCopy())));
            case PortSettings.Files f ->
                FilePort.open(
                        name,
                        f.read().stream().toList(),
                        f.write().map(Path::of).orElse(null),
                        workers,
                        0,
                        fileClock);
            case PortSettings.Tap t ->
                new NamedPort(
                        name, TapPort.open(t.device(), new TapPortOptions(workers, t.mac(), t.mtu(), t.segments(), 0)));
        };
    }
}
