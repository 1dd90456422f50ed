package dev.weir.offload.xdp;

import dev.weir.table.FlowKey;
import java.net.InetAddress;
import java.util.List;

/** A process that offloads a flow of the interface that it is given, says how, and holds it until it is killed. */
final class XdpDriverHolder {
    private XdpDriverHolder() {}

    public static void main(String[] args) throws Exception {
        try (XdpDriver driver = XdpDriver.open(List.of(args[0]), XdpDriverOptions.defaults())) {
            FlowKey key =
                    new FlowKey(InetAddress.ofLiteral("10.7.0.1"), 1, InetAddress.ofLiteral("10.7.0.2"), 2, 17, 0);
            driver.put(List.of(new XdpFlow(key, new XdpAction.Drop())));
            System.out.println(driver.describe() + ", flows: " + driver.count());
            Thread.sleep(60_000);
        }
    }
}
