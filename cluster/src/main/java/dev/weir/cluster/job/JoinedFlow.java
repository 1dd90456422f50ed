package dev.weir.cluster.job;

import dev.weir.cluster.job.FlowView.Counted;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecord;
import dev.weir.table.FlowRecordBuilder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/**
 * A flow that one or more sensors saw. Immutable.
 *
 * @param record the flow, each direction as the sensor counted it that saw most of it
 * @param forward the sensors that saw packets of the initiator, in the order in which its first one came by
 * @param reverse the same of the responder
 * @param forwardFrom whose counters the forward ones are; empty where nobody saw any
 * @param reverseFrom the same of the reverse ones
 * @param sensors how many saw the flow
 * @param records how many records it was made from
 */
record JoinedFlow(
        FlowRecord record,
        List<Point> forward,
        List<Point> reverse,
        String forwardFrom,
        String reverseFrom,
        int sensors,
        int records) {
    /** A sensor on the way of a direction, and how many packets of it came by there. */
    record Point(String sensor, long packets) {}

    /** The one whose first packet says who began: who saw both directions, then who saw the flow first. */
    private static final Comparator<FlowView> FIRST = Comparator.<FlowView, Boolean>comparing(each -> !each.hasBoth())
            .thenComparingLong(FlowView::start)
            .thenComparing(FlowView::sensor);
    /** Who saw most of the flow; says how it ended. */
    private static final Comparator<FlowView> MOST = Comparator.comparingLong(FlowView::packets)
            .reversed()
            .thenComparingLong(FlowView::start)
            .thenComparing(FlowView::sensor);

    JoinedFlow {
        forward = List.copyOf(forward);
        reverse = List.copyOf(reverse);
    }

    /** Joins views of one flow, one of each sensor. */
    static JoinedFlow of(List<FlowView> flow) {
        FlowView first = flow.stream().min(FIRST).orElseThrow();
        List<FlowView> views = flow.stream()
                .map(each -> each.isOriented(first) ? each : each.turned())
                .toList();
        FlowView main = views.stream().min(MOST).orElseThrow();
        FlowView forward = most(views, FlowView::forward), reverse = most(views, FlowView::reverse);
        Counted f = forward.forward(), r = reverse.reverse();
        FlowRecord octets = main.last();
        FlowRecordBuilder builder = new FlowRecordBuilder()
                .flowId((f.packets() > 0 ? forward : r.packets() > 0 ? reverse : main).flowId())
                .event(
                        FlowEvent.ENDED,
                        octets.author(),
                        views.stream().mapToLong(FlowView::at).max().orElseThrow())
                .protocol(octets.protocol(), octets.tenant())
                .forward(f.packets(), f.octets(), f.frameOctets(), f.flags(), first(f, main), last(f, main))
                .reverse(r.packets(), r.octets(), r.frameOctets(), r.flags(), first(r, main), last(r, main))
                .tcpState(octets.tcpState())
                .reason(octets.reason())
                .lifetimeMillis(octets.lifetimeMillis())
                .offloaded(octets.offloaded());
        for (int i = 0; i < 16; i++) {
            builder.info(i, (byte) octets.info(i));
        }
        return new JoinedFlow(
                withEnds(builder.record(), first.last()),
                path(views, FlowView::forward),
                path(views, FlowView::reverse),
                f.packets() > 0 ? forward.sensor() : "",
                r.packets() > 0 ? reverse.sensor() : "",
                views.size(),
                views.stream().mapToInt(FlowView::records).sum());
    }

    private static long first(Counted counted, FlowView main) {
        return counted.packets() == 0 ? main.start() : counted.first();
    }

    private static long last(Counted counted, FlowView main) {
        return counted.packets() == 0 ? main.end() : counted.last();
    }

    /** Source and destination as that record has them. */
    private static FlowRecord withEnds(FlowRecord to, FlowRecord from) {
        MemorySegment.copy(
                from.segment(),
                from.offset() + FlowRecord.SOURCE,
                to.segment(),
                to.offset() + FlowRecord.SOURCE,
                FlowRecord.PROTOCOL - FlowRecord.SOURCE);
        to.segment().set(ValueLayout.JAVA_BYTE, to.offset() + FlowRecord.FAMILY, (byte) from.family());
        return to;
    }

    /** Who counted most packets of a direction; of those who counted as many, most octets, then who saw it first. */
    private static FlowView most(List<FlowView> views, Function<FlowView, Counted> direction) {
        return views.stream()
                .min(Comparator.<FlowView>comparingLong(
                                each -> -direction.apply(each).packets())
                        .thenComparingLong(each -> -direction.apply(each).octets())
                        .thenComparingLong(each -> direction.apply(each).first())
                        .thenComparing(FlowView::sensor))
                .orElseThrow();
    }

    private static List<Point> path(List<FlowView> views, Function<FlowView, Counted> direction) {
        return views.stream()
                .filter(each -> direction.apply(each).packets() > 0)
                .sorted(Comparator.<FlowView>comparingLong(
                                each -> direction.apply(each).first())
                        .thenComparing(FlowView::sensor))
                .map(each -> new Point(each.sensor(), direction.apply(each).packets()))
                .toList();
    }

    /** How many packets of a direction the sensor that saw most of it saw more than the one that saw least. */
    static long lost(List<Point> path) {
        long most = path.stream().mapToLong(Point::packets).max().orElse(0);
        return most - path.stream().mapToLong(Point::packets).min().orElse(0);
    }

    byte[] octets() {
        var octets = new ByteArrayOutputStream(FlowRecord.SIZE + 128);
        byte[] flow = new byte[FlowRecord.SIZE];
        MemorySegment.copy(record.segment(), ValueLayout.JAVA_BYTE, record.offset(), flow, 0, flow.length);
        try (var out = new DataOutputStream(octets)) {
            out.write(flow);
            write(forward, out);
            write(reverse, out);
            out.writeUTF(forwardFrom);
            out.writeUTF(reverseFrom);
            out.writeInt(sensors);
            out.writeInt(records);
        } catch (IOException e) {
            throw new IllegalStateException(e); // memory does not fail
        }
        return octets.toByteArray();
    }

    private static void write(List<Point> path, DataOutputStream out) throws IOException {
        out.writeInt(path.size());
        for (Point each : path) {
            out.writeUTF(each.sensor);
            out.writeLong(each.packets);
        }
    }

    static JoinedFlow read(byte[] octets) throws IOException {
        try (var in = new DataInputStream(new ByteArrayInputStream(octets))) {
            FlowRecord flow = Sighting.record(in.readNBytes(FlowRecord.SIZE));
            return new JoinedFlow(
                    flow, readPath(in), readPath(in), in.readUTF(), in.readUTF(), in.readInt(), in.readInt());
        }
    }

    private static List<Point> readPath(DataInputStream in) throws IOException {
        var path = new ArrayList<Point>();
        for (int left = in.readInt(); left > 0; left--) {
            path.add(new Point(in.readUTF(), in.readLong()));
        }
        return path;
    }
}
