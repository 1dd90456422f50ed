package dev.weir.wire;

import dev.weir.packet.PacketVector;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The packets of another source, which it owns, that a filter expression accepts; the accepted are numbered on without a
 * gap. The expression is compiled for each link type when its first packet is met.
 */
public final class FilteredSource extends ForwardingSource {
    private final String expression;
    private PacketFilter[] filters = {};
    private long accepted;
    private @Nullable CaptureException misfit;
    private boolean ended;

    /** @param expression in the language of pcap-filter(7) */
    public FilteredSource(PacketSource source, String expression) {
        super(source);
        this.expression = expression;
    }

    /**
     * Reads until at least one packet is accepted or the source ends.
     *
     * @throws CaptureException of the source, or when the expression does not suit a link type
     */
    @Override
    public int read(PacketVector vector) throws CaptureException {
        vector.size = 0;
        int read = 1;
        while (read > 0 && !ended && misfit == null) {
            read = source.read(vector);
            if (read > 0 && compact(vector) > 0) break;
        }
        vector.first = accepted + 1;
        accepted += vector.size;
        if (read == IDLE) return IDLE;
        if (vector.size == 0) {
            boolean told = ended;
            ended = true;
            if (misfit != null && !told) throw misfit;
        }
        return vector.size;
    }

    private int compact(PacketVector vector) {
        vector.mixed();
        int kept = 0;
        int link = -1;
        @Nullable BpfProgram program = null;
        for (int i = 0; i < vector.size; i++) {
            if (program == null || vector.link[i] != link) {
                link = vector.link[i];
                program = program(link);
                if (program == null) break;
            }
            if (program.match(vector.data, vector.offset[i], vector.captured[i], vector.length[i]) == 0) continue;
            vector.offset[kept] = vector.offset[i];
            vector.captured[kept] = vector.captured[i];
            vector.length[kept] = vector.length[i];
            vector.time[kept] = vector.time[i];
            vector.link[kept] = link;
            vector.port[kept] = vector.port[i];
            kept++;
        }
        vector.size = kept;
        return kept;
    }

    /** The program for a link type; null, and {@link #misfit} says why, when there is none. */
    private @Nullable BpfProgram program(int linkType) {
        for (PacketFilter each : filters) if (each.linkType() == linkType) return each.program();
        try {
            PacketFilter compiled = PacketFilter.compile(expression, linkType);
            filters = Arrays.copyOf(filters, filters.length + 1);
            filters[filters.length - 1] = compiled;
            return compiled.program();
        } catch (CaptureException e) {
            misfit = e;
            return null;
        }
    }
}
