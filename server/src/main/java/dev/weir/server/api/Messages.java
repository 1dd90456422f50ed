package dev.weir.server.api;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnsafeByteOperations;
import dev.weir.api.v1.Flow;
import dev.weir.api.v1.ScanFlowsResponse;
import dev.weir.dataplane.graph.FlowBlock;
import dev.weir.export.message.FlowEncoder;
import dev.weir.table.FlowRecord;
import java.util.ArrayList;
import java.util.List;

/** Messages that carry flows, made of what {@link FlowEncoder} wrote. */
final class Messages {
    private Messages() {}

    /** A flow as an object. */
    static Flow flow(FlowRecord record) {
        var encoder = new FlowEncoder();
        encoder.flow(record);
        return flow(encoder);
    }

    private static Flow flow(FlowEncoder encoder) {
        try {
            return Flow.parser().parseFrom(encoder.array(), 0, encoder.size());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Flows as objects. */
    static List<Flow> flows(FlowBlock block) {
        var encoder = new FlowEncoder();
        var view = new FlowRecord();
        var flows = new ArrayList<Flow>(block.size());
        for (int i = 0; i < block.size(); i++) {
            encoder.clear();
            encoder.flow(block.get(i, view));
            flows.add(flow(encoder));
        }
        return flows;
    }

    /**
     * A message of a scan.
     *
     * @param encoded whether it is only to be written in the binary form; then no objects are made, see {@link #encoded}
     */
    static ScanFlowsResponse scan(FlowBlock block, boolean encoded) {
        if (!encoded) {
            return ScanFlowsResponse.newBuilder().addAllFlows(flows(block)).build();
        }
        var encoder = new FlowEncoder();
        var view = new FlowRecord();
        var ends = new int[block.size()];
        for (int i = 0; i < ends.length; i++) {
            encoder.flow(block.get(i, view));
            ends[i] = encoder.size();
        }
        return ScanFlowsResponse.newBuilder()
                .setUnknownFields(encoded(ScanFlowsResponse.FLOWS_FIELD_NUMBER, encoder.array(), ends, ends.length))
                .build();
    }

    /**
     * A repeated field of messages that are octets already. As fields that the message's class does not know they are
     * written as they are, so that who reads the octets finds an ordinary field there. Only for messages that nobody
     * looks into here.
     *
     * @param octets the messages, one after the other
     * @param ends where each ends
     */
    static UnknownFieldSet encoded(int field, byte[] octets, int[] ends, int count) {
        var messages = UnknownFieldSet.Field.newBuilder();
        int from = 0;
        for (int i = 0; i < count; i++) {
            ByteString message = UnsafeByteOperations.unsafeWrap(octets, from, ends[i] - from);
            messages.addLengthDelimited(message);
            from = ends[i];
        }
        return UnknownFieldSet.newBuilder().addField(field, messages.build()).build();
    }
}
