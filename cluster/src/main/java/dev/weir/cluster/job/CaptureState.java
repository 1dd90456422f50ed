package dev.weir.cluster.job;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * What the enumerator knows, as a checkpoint has it.
 *
 * @param captures the captures, each as octets, since they go on to change
 * @param splits that nobody reads yet
 */
record CaptureState(List<byte[]> captures, List<CaptureSplit> splits) {
    static CaptureState of(List<CaptureChain> chains, List<CaptureSplit> splits) throws IOException {
        var captures = new ArrayList<byte[]>();
        for (CaptureChain chain : chains) {
            var octets = new ByteArrayOutputStream();
            chain.write(new DataOutputStream(octets));
            captures.add(octets.toByteArray());
        }
        return new CaptureState(captures, List.copyOf(splits));
    }

    List<CaptureChain> chains() throws IOException {
        var chains = new ArrayList<CaptureChain>();
        for (byte[] each : captures) {
            chains.add(CaptureChain.read(chains.size(), new DataInputStream(new ByteArrayInputStream(each))));
        }
        return chains;
    }

    /** Its octets. */
    static final class Serializer implements SimpleVersionedSerializer<CaptureState> {
        @Override
        public int getVersion() {
            return 1;
        }

        @Override
        public byte[] serialize(CaptureState state) throws IOException {
            var octets = new ByteArrayOutputStream();
            var out = new DataOutputStream(octets);
            out.writeInt(state.captures.size());
            for (byte[] each : state.captures) {
                CaptureSplit.octets(each, out);
            }
            out.writeInt(state.splits.size());
            for (CaptureSplit each : state.splits) {
                each.write(out);
            }
            return octets.toByteArray();
        }

        @Override
        public CaptureState deserialize(int version, byte[] octets) throws IOException {
            var in = new DataInputStream(new ByteArrayInputStream(octets));
            var captures = new ArrayList<byte[]>();
            for (int left = in.readInt(); left > 0; left--) {
                captures.add(in.readNBytes(in.readInt()));
            }
            var splits = new ArrayList<CaptureSplit>();
            for (int left = in.readInt(); left > 0; left--) {
                splits.add(CaptureSplit.read(in));
            }
            return new CaptureState(captures, splits);
        }
    }
}
