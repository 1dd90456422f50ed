package dev.weir.cluster.job;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/**
 * Capture files, cut into parts that workers read beside each other: {@link Batch}es out. Every worker reaches the files
 * under the same names; they do not change while the job runs.
 */
final class CaptureSource implements Source<byte[], CaptureSplit, CaptureState> {
    private static final long serialVersionUID = 1L;

    private final ArrayList<String> files;
    private final FlowOptions options;
    private final int lanes;
    private final long partOctets;
    private final long packetsPerSecond;

    /**
     * @param lanes how many flow operators there are
     * @param partOctets of a file that a reader gets at a time
     * @param packetsPerSecond of a reader, at the most; 0 for any number
     */
    CaptureSource(List<String> files, FlowOptions options, int lanes, long partOctets, long packetsPerSecond) {
        this.files = new ArrayList<>(files);
        this.options = options;
        this.lanes = lanes;
        this.partOctets = partOctets;
        this.packetsPerSecond = packetsPerSecond;
    }

    @Override
    public Boundedness getBoundedness() {
        return Boundedness.BOUNDED;
    }

    @Override
    public SplitEnumerator<CaptureSplit, CaptureState> createEnumerator(SplitEnumeratorContext<CaptureSplit> context) {
        var chains = new ArrayList<CaptureChain>();
        for (String file : files) {
            chains.add(new CaptureChain(chains.size(), file));
        }
        return new CaptureEnumerator(context, chains, List.of(), partOctets);
    }

    @Override
    public SplitEnumerator<CaptureSplit, CaptureState> restoreEnumerator(
            SplitEnumeratorContext<CaptureSplit> context, CaptureState state) throws Exception {
        List<CaptureChain> chains = state.chains();
        requireSame(chains.stream().map(chain -> chain.file).toList());
        return new CaptureEnumerator(context, chains, state.splits(), partOctets);
    }

    /** Flows are kept by the number of their capture: with other captures they would go on with packets of strangers. */
    private void requireSame(List<String> before) {
        int same = 0;
        while (same < Math.min(before.size(), files.size()) && before.get(same).equals(files.get(same))) {
            same++;
        }
        if (same < Math.max(before.size(), files.size())) {
            String was = same < before.size() ? before.get(same) : "none";
            String is = same < files.size() ? files.get(same) : "none";
            throw new SuppressRestartsException(
                    new IllegalStateException(
                            "captures.files: number " + (same + 1)
                                    + " was " + was + " and is " + is
                                    + "; go on with the captures that the job was begun with, in their order, or begin anew without --from"));
        }
    }

    @Override
    public SimpleVersionedSerializer<CaptureSplit> getSplitSerializer() {
        return new CaptureSplit.Serializer();
    }

    @Override
    public SimpleVersionedSerializer<CaptureState> getEnumeratorCheckpointSerializer() {
        return new CaptureState.Serializer();
    }

    @Override
    public SourceReader<byte[], CaptureSplit> createReader(SourceReaderContext context) {
        return new CaptureReader(context, options, new Lanes(lanes), packetsPerSecond);
    }
}
