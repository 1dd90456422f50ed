package dev.weir.wire.linux;

/** A process that opens an interface, says how, and holds it until it is killed. */
final class XdpHolder {
    private XdpHolder() {}

    public static void main(String[] args) throws Exception {
        try (XdpPort port = XdpPort.open(args[0], XdpOptions.defaults())) {
            System.out.println(port.describe());
            Thread.sleep(60_000);
        }
    }
}
